import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import pg from "pg";
import { freePort } from "./free-port";
import { findPostgres, type PostgresHome, reachableDataDir } from "./postgres-binaries";
import { commandOf, isAlive } from "./processes";

const run = promisify(execFile);
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;
const START_ATTEMPTS = 4;

export interface EmbeddedPostgres {
  /** Where the data really is; differs from what was asked for when the Postgres user could not enter that folder. */
  readonly dataDir: string;
  readonly port: number;
  /** URL of a database on this server, the superuser's. */
  urlOf(database: string): string;
  /** Fast shutdown: open transactions are rolled back, committed data is flushed. */
  stop(): Promise<void>;
}

/**
 * Starts the Postgres that npm installed, with its data in a folder that is made when it does not exist. The server ends
 * with this process, also when this process is killed. A server that is still running on the same folder is taken over.
 * @param options.port preferred port; another one is taken when it is busy
 * @param options.settings `postgresql.conf` settings for this run
 * @throws when the server cannot be started, with the last lines of its log
 */
export async function startPostgres(options: {
  dataDir: string;
  port?: number;
  settings?: Readonly<Record<string, string>>;
}): Promise<EmbeddedPostgres> {
  const home = findPostgres();
  mkdirSync(dirname(options.dataDir), { recursive: true });
  const dataDir = reachableDataDir(options.dataDir, home);
  const passwordFile = `${dataDir}.password`;
  if (!existsSync(join(dataDir, "PG_VERSION"))) await createCluster(home, dataDir, passwordFile);
  const password = readFileSync(passwordFile, "utf8").trim();
  await clearPidFile(dataDir, password);
  let lastLog = "";
  for (let attempt = 1; attempt <= START_ATTEMPTS; attempt += 1) {
    const port = await freePort(attempt === 1 ? options.port : undefined);
    const server = launch(home, dataDir, port, options.settings ?? {});
    const urlOf = (database: string) => `postgresql://postgres:${password}@127.0.0.1:${port}/${database}`;
    if (await isUp(server, urlOf("postgres")))
      return { dataDir, port, urlOf, stop: () => stopKeeper(server.keeper) };
    await stopKeeper(server.keeper);
    lastLog = server.log();
    // A port taken in between, or shared memory of a killed server that is still being let go.
    await sleep(500 * attempt);
  }
  throw new Error(`Embedded Postgres did not start in ${dataDir}.\n${lastLog}`);
}

async function createCluster(home: PostgresHome, dataDir: string, passwordFile: string): Promise<void> {
  // What an interrupted initdb left behind has no PG_VERSION and holds nothing.
  rmSync(dataDir, { recursive: true, force: true });
  mkdirSync(dirname(dataDir), { recursive: true });
  mkdirSync(dataDir, { mode: 0o700 });
  writeFileSync(passwordFile, `${randomBytes(18).toString("base64url")}\n`, { mode: 0o600 });
  if (home.user) {
    for (const path of [dataDir, passwordFile]) chownSync(path, home.user.uid, home.user.gid);
  }
  const flags = [
    `--pgdata=${dataDir}`,
    `--pwfile=${passwordFile}`,
    "--username=postgres",
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    // The same collation on every machine, whatever locales it has.
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
  ];
  try {
    await run(join(home.binDir, "initdb"), flags, {
      ...home.user,
      cwd: "/",
      env: { ...process.env, LC_ALL: "C" },
    });
  } catch (reason) {
    rmSync(dataDir, { recursive: true, force: true });
    throw new Error(
      `initdb failed in ${dataDir}: ${reason instanceof Error ? reason.message : String(reason)}`,
    );
  }
}

interface Launched {
  readonly keeper: ChildProcess;
  log(): string;
}

/**
 * A shell keeps Postgres: it waits on a pipe from this process, and when the pipe closes, for whatever reason, it asks
 * for a fast shutdown. Its own process group keeps Ctrl-C away from Postgres until requests in flight are settled.
 */
const KEEPER = 'exec 3<&0; "$@" & server=$!; (cat <&3; kill -INT $server) >/dev/null 2>&1 & wait $server';

function launch(
  home: PostgresHome,
  dataDir: string,
  port: number,
  settings: Readonly<Record<string, string>>,
): Launched {
  const all = { listen_addresses: "127.0.0.1", unix_socket_directories: "", ...settings };
  const flags = Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const command = [join(home.binDir, "postgres"), "-D", dataDir, "-p", String(port), ...flags];
  const keeper = spawn("/bin/sh", ["-c", KEEPER, "postgres-keeper", ...command], {
    ...home.user,
    cwd: "/",
    detached: true,
    env: { ...process.env, LC_ALL: "C" },
    stdio: ["pipe", "ignore", "pipe"],
  });
  let tail = "";
  keeper.stderr?.on("data", (bytes: Buffer) => {
    tail = (tail + bytes.toString("utf8")).slice(-4_000);
  });
  keeper.stdin?.on("error", () => {});
  return { keeper, log: () => tail };
}

async function isUp(server: Launched, url: string): Promise<boolean> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadline && server.keeper.exitCode === null) {
    if (await dataDirectoryAt(url)) return true;
    await sleep(50);
  }
  return false;
}

/** The data directory of the server behind a URL, or null when none answers. */
async function dataDirectoryAt(url: string): Promise<string | null> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on("error", () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ data_directory: string }>("SHOW data_directory");
    return rows[0]?.data_directory ?? null;
  } catch {
    return null;
  } finally {
    await client.end().catch(() => {});
  }
}

async function stopKeeper(keeper: ChildProcess): Promise<void> {
  if (keeper.exitCode !== null || keeper.signalCode !== null) return;
  const gone = new Promise((resolve) => keeper.once("exit", resolve));
  keeper.stdin?.end();
  const isGone = await Promise.race([gone.then(() => true), sleep(STOP_TIMEOUT_MS, false, { ref: false })]);
  if (!isGone && keeper.pid) process.kill(-keeper.pid, "SIGKILL");
}

/**
 * Deals with what an earlier run left behind: a server that still runs on this folder is stopped, and a pid file whose
 * number now belongs to another program (as after a reboot) is removed. Postgres itself handles a dead pid.
 */
async function clearPidFile(dataDir: string, password: string): Promise<void> {
  const pidFile = join(dataDir, "postmaster.pid");
  if (!existsSync(pidFile)) return;
  const [pidLine, , , portLine] = readFileSync(pidFile, "utf8").split("\n");
  const pid = Number(pidLine);
  if (!isAlive(pid)) return;
  const url = `postgresql://postgres:${password}@127.0.0.1:${Number(portLine) || 1}/postgres`;
  const deadline = performance.now() + STOP_TIMEOUT_MS;
  while (isPostgresOn(dataDir, pid) && performance.now() < deadline) {
    if ((await dataDirectoryAt(url)) === dataDir) process.kill(pid, "SIGINT");
    await sleep(200);
  }
  if (isPostgresOn(dataDir, pid))
    throw new Error(`Process ${pid} still uses the database in ${dataDir}. Stop it and try again.`);
  if (isAlive(pid)) rmSync(pidFile, { force: true });
}

function isPostgresOn(dataDir: string, pid: number): boolean {
  return isAlive(pid) && commandOf(pid).includes(dataDir);
}
