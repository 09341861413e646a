import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join, relative } from "node:path";
import { migrateDatabase } from "@/db/migrate";
import { importCatalog } from "@/server/catalog";
import { systemClock } from "@/server/platform/clock";
import { openDatabase } from "@/server/platform/database";
import { startPostgres } from "./embedded-postgres";
import { freePort } from "./free-port";
import { claim, release } from "./only-one";
import { startSimulator } from "./simulator";

const DATA_DIR = join(process.cwd(), ".data");
const NOTE = join(DATA_DIR, "dev.json");
const ENV_FILE = join(DATA_DIR, "dev.env");
const CATALOGUE = join(process.cwd(), "db", "seed", "catalogue.json");
const POSTGRES_PORT = 5_510;
const SIMULATOR_PORT = 4_319;
/** Fast enough not to wait for, slow enough to see the words come. */
const PACE = { firstTokenMs: 120, tokenIntervalMs: 15 };
/** A second Ctrl-C within this time is the same one, delivered by npm as well. */
const SAME_SIGNAL_MS = 1_000;
const STOP_TIMEOUT_MS = 15_000;

/** Stops what was started, last first; one that fails does not keep the others from stopping. */
const cleanups: (() => unknown)[] = [];

async function main(): Promise<void> {
  const port = Number(process.env.PORT || 3_000);
  const url = `http://localhost:${port}`;
  mkdirSync(DATA_DIR, { recursive: true });
  const holder = claim(NOTE, { pid: process.pid, url }, "server/dev/main");
  if (holder) throw new Problem(`It is already running: ${holder.url} (process ${holder.pid}).`);
  cleanups.push(() => release(NOTE));
  if (!(await isFree(port)))
    throw new Problem(`Port ${port} is taken by another program. Choose one: PORT=3001 npm run dev`);
  stopOnSignals();

  const began = performance.now();
  const { databaseUrl, dataDir } = await provideDatabase();
  const authSecret = keptSecret();
  const simulator = await startSimulator({ port: await freePort(SIMULATOR_PORT), defaults: PACE });
  cleanups.push(simulator.close);
  await prepareDatabase(databaseUrl, simulator.baseUrl);
  setDefaults({
    NODE_ENV: "development",
    PORT: String(port),
    APP_URL: url,
    DATABASE_URL: databaseUrl,
    AUTH_SECRET: authSecret,
    ALLOW_MAILBOX: "true",
    LOG_LEVEL: "warn",
    NEXT_TELEMETRY_DISABLED: "1",
  });
  writeFileSync(ENV_FILE, `DATABASE_URL=${databaseUrl}\nAUTH_SECRET=${authSecret}\n`, { mode: 0o600 });
  // Loaded only now: the environment is read once, when the server's modules load.
  const { startServer } = await import("@/server/start");
  const server = await startServer({ dev: true, port });
  cleanups.push(server.close);
  console.log(
    describe({
      url,
      simulatorUrl: simulator.url,
      databaseUrl,
      dataDir,
      seconds: (performance.now() - began) / 1_000,
    }),
  );
}

/** A reason to stop that the reader can do something about: shown without a stack. */
class Problem extends Error {}

async function provideDatabase(): Promise<{ databaseUrl: string; dataDir: string | null }> {
  const given = process.env.DATABASE_URL;
  if (given) {
    // The development server migrates, and makes every provider a simulated one: not on somebody's real database.
    if (!/^(localhost|127\.|\[::1\])/.test(new URL(given).hostname))
      throw new Problem(
        "npm run dev works with a DATABASE_URL on this machine only. Unset it for the embedded one.",
      );
    return { databaseUrl: given, dataDir: null };
  }
  const postgres = await startPostgres({ dataDir: join(DATA_DIR, "postgres"), port: POSTGRES_PORT });
  cleanups.push(postgres.stop);
  return { databaseUrl: postgres.urlOf("postgres"), dataDir: postgres.dataDir };
}

async function prepareDatabase(databaseUrl: string, simulatedBaseUrl: string): Promise<void> {
  const { db, close } = openDatabase(databaseUrl, { maxConnections: 2 });
  try {
    await migrateDatabase(db);
    const catalogue: unknown = JSON.parse(readFileSync(CATALOGUE, "utf8"));
    await importCatalog(db, catalogue, { nowMs: systemClock.nowMs(), simulatedBaseUrl });
  } finally {
    await close();
  }
}

/** Sessions and sealed credentials outlive a restart only when their secret does. */
function keptSecret(): string {
  const file = join(DATA_DIR, "auth-secret");
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString("base64url"), { mode: 0o600 });
  return process.env.AUTH_SECRET || readFileSync(file, "utf8").trim();
}

function setDefaults(defaults: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(defaults)) {
    if (!process.env[name]) Object.assign(process.env, { [name]: value });
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, () => probe.close(() => resolve(true)));
  });
}

function stopOnSignals(): void {
  let stoppingSince: number | null = null;
  const stop = () => {
    if (stoppingSince === null) {
      stoppingSince = performance.now();
      console.log("\nStopping: answers in flight are finished first. Ctrl-C again to stop at once.");
      void end(0);
    } else if (performance.now() - stoppingSince > SAME_SIGNAL_MS) process.exit(1);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
}

async function end(code: number): Promise<never> {
  setTimeout(() => process.exit(1), STOP_TIMEOUT_MS).unref();
  for (const cleanup of cleanups.reverse()) {
    try {
      await cleanup();
    } catch (reason) {
      console.error(reason);
    }
  }
  process.exit(code);
}

function describe(running: {
  url: string;
  simulatorUrl: string;
  databaseUrl: string;
  dataDir: string | null;
  seconds: number;
}): string {
  const data = running.dataDir === null ? "" : `, data in ${relative(process.cwd(), running.dataDir)}`;
  const rows = [
    ["Site", running.url, "sign up here; the confirmation lands in the mailbox"],
    ["Mailbox", `${running.url}/mailbox`, "mail that would have been sent"],
    ["API", `${running.url}/v1`, "base URL for any OpenAI client"],
    ["Simulator", running.simulatorUrl, "answers in place of every provider without a credential"],
    [
      "Database",
      running.databaseUrl.replace(/:[^:@/]+@/, ":…@"),
      `Postgres${data}; its URL is in .data/dev.env`,
    ],
  ];
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const table = rows.map(([name = "", where = "", what = ""]) =>
    `  ${name.padEnd(widths[0] ?? 0)}  ${where.padEnd(widths[1] ?? 0)}  ${what}`.trimEnd(),
  );
  return [
    "",
    `DeepTokenInference Gateway is up after ${running.seconds.toFixed(1)} s. Ctrl-C stops all of it and keeps the data.`,
    "",
    ...table,
    "",
    "  An account with credit and an API key, without the site:",
    "  env $(cat .data/dev.env) npm run operator -- bootstrap --email you@example.com --password 'a long password' --credit 25",
    "",
  ].join("\n");
}

main().catch(async (reason: unknown) => {
  console.error(reason instanceof Problem ? reason.message : reason);
  await end(1);
});
