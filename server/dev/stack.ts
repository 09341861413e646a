import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { importCatalog } from "@/server/catalog";
import { systemClock } from "@/server/platform/clock";
import { openDatabase } from "@/server/platform/database";
import { freePort } from "./free-port";
import { createServerProcess, type ServerProcess } from "./server-process";
import { type Scenario, type Simulator, startSimulator } from "./simulator";
import { cloneDatabase, startTestPostgres } from "./test-database";

const SERVER = join(process.cwd(), ".build", "start.mjs");
const NEXT = join(process.cwd(), "node_modules", "next", "dist", "bin", "next");

export interface StackOptions {
  /**
   * `true` runs as in production, which refuses sandbox payments. `false` runs the same build with NODE_ENV=test, where
   * the sandbox checkout works: what the browser journeys need.
   */
  readonly production: boolean;
  /** `node` is `npm start`, the Node adapter in front; `next` is `next start`, route handlers as on serverless. */
  readonly adapter?: "node" | "next";
  /** Of the site; a free one by default. It stays the same over restarts. */
  readonly port?: number;
  /** Pace and faults of the simulator, unless told otherwise later. */
  readonly simulator?: Scenario;
  /** Base URL that the catalogue gets in place of the simulator's. */
  readonly upstreamBaseUrl?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Address that the server gets in place of the database's own, so that a test can stand between them. */
  readonly throughDatabase?: (databaseUrl: string) => Promise<string>;
}

/** Everything that the product needs, on this machine, for tests of the built server. */
export interface Stack {
  readonly url: string;
  readonly databaseUrl: string;
  /** Environment of the server, for operator commands on the same database. */
  readonly env: Readonly<Record<string, string>>;
  readonly simulator: Simulator;
  /** Process id of the server, while it runs. */
  pid(): number | undefined;
  /** The last of what the server printed. */
  log(): string;
  /** Sends a signal to the server and waits for its end. The database and the simulator go on. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts the server again, after ending it when it still runs, and waits until it answers. */
  restart(): Promise<void>;
  /** Starts one more server of the same build on the same database: what a second machine would be. */
  another(): Promise<ServerProcess>;
  /** Ends all of it and removes the data. */
  stop(): Promise<void>;
}

/**
 * A throw-away Postgres with the seeded catalogue, the simulator, and the production build in a process of its own.
 * @throws when there is no build (`npm run build`), or when the server does not answer within a minute
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  for (const part of [SERVER, join(process.cwd(), ".next", "BUILD_ID")])
    if (!existsSync(part)) throw new Error(`${part} is missing: run npm run build first.`);
  const postgres = await startTestPostgres();
  const simulator = await startSimulator({ defaults: options.simulator });
  const { url: databaseUrl } = await cloneDatabase(postgres.adminUrl);
  await seed(databaseUrl, options.upstreamBaseUrl ?? simulator.baseUrl);
  const port = options.port ?? (await freePort());
  const url = `http://localhost:${port}`;
  const env = {
    NODE_ENV: options.production ? "production" : "test",
    PORT: String(port),
    APP_URL: url,
    DATABASE_URL: (await options.throughDatabase?.(databaseUrl)) ?? databaseUrl,
    AUTH_SECRET: randomBytes(24).toString("base64url"),
    ALLOW_MAILBOX: "true",
    LOG_LEVEL: "warn",
    NEXT_TELEMETRY_DISABLED: "1",
    ...options.env,
  };
  const argsOf = (ownPort: number) =>
    options.adapter === "next"
      ? [NEXT, "start", "-H", "localhost", "-p", String(ownPort)]
      : ["--enable-source-maps", SERVER];
  const server = createServerProcess(argsOf(port), env, url);
  const servers = [server];
  const stop = async () => {
    await Promise.all(servers.map((one) => one.kill("SIGTERM")));
    await simulator.close();
    await postgres.stop();
  };
  try {
    await server.start();
  } catch (reason) {
    await stop();
    throw reason;
  }
  return {
    url,
    databaseUrl,
    env,
    simulator,
    pid: server.pid,
    log: server.log,
    kill: (signal = "SIGKILL") => server.kill(signal),
    async restart() {
      await server.kill("SIGTERM");
      await server.start();
    },
    async another() {
      const ownPort = await freePort();
      const ownUrl = `http://localhost:${ownPort}`;
      const one = createServerProcess(argsOf(ownPort), { ...env, PORT: String(ownPort) }, ownUrl);
      servers.push(one);
      await one.start();
      return one;
    },
    stop,
  };
}

async function seed(databaseUrl: string, simulatedBaseUrl: string): Promise<void> {
  const { db, close } = openDatabase(databaseUrl, { maxConnections: 2 });
  const catalogue: unknown = JSON.parse(
    readFileSync(join(process.cwd(), "db", "seed", "catalogue.json"), "utf8"),
  );
  await importCatalog(db, catalogue, { nowMs: systemClock.nowMs(), simulatedBaseUrl }).finally(close);
}
