import { parseArgs } from "node:util";
import { commands } from "@/server/operator/commands";
import { openConsole } from "@/server/operator/console";
import { AppError } from "@/server/platform/errors";

/**
 * The operator's command line: `npm run operator -- <command> [options]`. Works on the database that DATABASE_URL names.
 */
async function main(args: readonly string[]): Promise<number> {
  const name = commandName(args);
  const command = name === null ? undefined : commands[name];
  if (!command || !name) {
    process.stdout.write(usage());
    return args.length === 0 || args.includes("--help") ? 0 : 2;
  }
  const { values } = parseArgs({
    args: args.slice(name.split(" ").length),
    options: { ...command.options, json: { type: "boolean" } },
    strict: true,
  });
  const offline = command.withoutDatabase?.(values);
  if (offline) {
    print(await offline, values.json === true);
    return 0;
  }
  const console = openConsole();
  try {
    print(await command.run(console, values), values.json === true);
    return 0;
  } finally {
    await console.close();
  }
}

function print(answer: Readonly<Record<string, unknown>>, asJson: boolean): void {
  process.stdout.write(asJson ? `${JSON.stringify(answer, null, 2)}\n` : toLines(answer));
}

/** Commands are one to four words; the longest that fits is meant. */
function commandName(args: readonly string[]): string | null {
  for (const words of [4, 3, 2, 1]) {
    const name = args.slice(0, words).join(" ");
    if (Object.hasOwn(commands, name)) return name;
  }
  return null;
}

function usage(): string {
  const lines = Object.entries(commands).map(
    ([name, command]) => `  ${name} ${command.usage}\n      ${command.summary}`,
  );
  return `Usage: npm run operator -- <command> [options] [--json]\n\n${lines.join("\n")}\n`;
}

function toLines(answer: Readonly<Record<string, unknown>>): string {
  return Object.entries(answer)
    .map(([name, value]) => `${name}: ${typeof value === "object" ? JSON.stringify(value) : String(value)}\n`)
    .join("");
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (reason: unknown) => {
    const text = AppError.is(reason)
      ? reason.message
      : reason instanceof Error
        ? reason.message
        : String(reason);
    process.stderr.write(`${text}\n`);
    process.exitCode = 1;
  },
);
