import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { freePort } from "@/server/dev/free-port";

export interface Contender {
  readonly url: string;
  /** CPU seconds of the process since it started, all threads. */
  cpuSeconds(): number;
  stop(): Promise<void>;
}

const TICKS_PER_SECOND = 100;

/** Starts a program on a free port and waits until it answers `readyPath` with anything at all. */
export async function startContender(
  args: readonly string[],
  options: {
    env?: Readonly<Record<string, string>>;
    readyPath?: string;
    portArgument?: (port: number) => string[];
    /** A free one by default. */
    port?: number;
    /** Drops what it says of its errors: for a run in which errors are the point. */
    isQuiet?: boolean;
  } = {},
): Promise<Contender> {
  const port = options.port ?? (await freePort());
  const child = spawn(process.execPath, [...args, ...(options.portArgument?.(port) ?? [])], {
    env: {
      NODE_ENV: "production",
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      PORT: String(port),
      ...options.env,
    },
    stdio: ["ignore", "ignore", options.isQuiet ? "ignore" : "inherit"],
  });
  const url = `http://127.0.0.1:${port}`;
  await untilAnswers(child, url + (options.readyPath ?? "/"));
  return {
    url,
    cpuSeconds: () => cpuSecondsOf(child.pid ?? 0),
    stop: () =>
      new Promise((resolve) => {
        child.once("exit", () => resolve());
        child.kill("SIGKILL");
      }),
  };
}

/** User and system time of a process and its threads, from the kernel. */
export function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

async function untilAnswers(child: ChildProcess, url: string): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`${child.spawnargs.join(" ")} ended with ${child.exitCode}`);
    try {
      await fetch(url, { signal: AbortSignal.timeout(1_000) });
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  throw new Error(`${url} does not answer`);
}
