import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 40_000;
const MAX_LOG_CHARACTERS = 64_000;

/** A server in a process of its own, which can be ended and started again. */
export interface ServerProcess {
  readonly url: string;
  /** Process id, while it runs. */
  pid(): number | undefined;
  /** The last of what it printed. */
  log(): string;
  /** @throws when it does not answer within a minute */
  start(): Promise<void>;
  /** Sends a signal and waits for the end. */
  kill(signal: NodeJS.Signals): Promise<void>;
}

export function createServerProcess(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  url: string,
): ServerProcess {
  let child: ChildProcess | null = null;
  let log = "";
  const keep = (bytes: Buffer) => {
    log = (log + bytes.toString("utf8")).slice(-MAX_LOG_CHARACTERS);
  };
  // A test run that ends without stopping must not leave a server behind.
  process.once("exit", () => child?.kill("SIGKILL"));
  return {
    url,
    pid: () => child?.pid,
    log: () => log,
    async start(): Promise<void> {
      const started = spawn(process.execPath, args, {
        env: { ...process.env, ...env } as NodeJS.ProcessEnv,
        stdio: ["ignore", "pipe", "pipe"],
      });
      child = started;
      started.stdout.on("data", keep);
      started.stderr.on("data", keep);
      const deadline = performance.now() + START_TIMEOUT_MS;
      while (performance.now() < deadline && started.exitCode === null && started.signalCode === null) {
        if (await isHealthy(url)) return;
        await sleep(100);
      }
      started.kill("SIGKILL");
      throw new Error(`The server did not start.\n${log}`);
    },
    async kill(signal: NodeJS.Signals): Promise<void> {
      const running = child;
      child = null;
      if (!running || running.exitCode !== null || running.signalCode !== null) return;
      const gone = new Promise((resolve) => running.once("exit", resolve));
      running.kill(signal);
      const force = setTimeout(() => running.kill("SIGKILL"), STOP_TIMEOUT_MS);
      await gone;
      clearTimeout(force);
    },
  };
}

async function isHealthy(url: string): Promise<boolean> {
  return fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2_000) }).then(
    (response) => response.ok,
    () => false,
  );
}
