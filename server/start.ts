import { createServer, type Server, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import next from "next";
import { createNodeAdapter } from "@/server/gateway";
import { env } from "@/server/platform/env";
import { type Runtime, runtime } from "@/server/runtime";

/** A client has this long to send a whole request; slower ones are cut before anything is reserved for them. */
const REQUEST_TIMEOUT_MS = 15_000;
/**
 * Connections that may wait to be accepted. Node's own number is 511, and who finds the queue full is not refused: its system tries
 * again a second later.
 */
const BACKLOG = 4_096;
/** A server may start before its Postgres does, or while that is slow: the first look at the catalogue is tried again. */
const WARM_UP = { tries: 15, pauseMs: 1_000 } as const;
/** In-flight answers may finish after a stop signal. */
const DRAIN_TIMEOUT_MS = 30_000;

export interface RunningServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * The self-hosted server: the gateway's Node adapter in front, Next behind it, the jobs on their timers.
 * @param options.dev compiles pages on demand
 */
export async function startServer(options: {
  dev: boolean;
  port: number;
  host?: string;
}): Promise<RunningServer> {
  const services = runtime();
  await warmUp(services);
  const pending = new Set<Promise<unknown>>();
  const waitUntil = (work: Promise<unknown>) => {
    pending.add(work);
    void work.finally(() => pending.delete(work));
  };
  const answer = createNodeAdapter(services.gateway, waitUntil);
  const server = createServer({
    requestTimeout: REQUEST_TIMEOUT_MS,
    headersTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: 1_000,
    keepAliveTimeout: 65_000,
  });
  const site = next({
    dev: options.dev,
    httpServer: server,
    port: options.port,
    hostname: options.host ?? "localhost",
  });
  await site.prepare();
  const showPage = site.getRequestHandler();
  server.on("request", (req, res) => {
    if (answer(req, res)) return;
    if (/^\/docs(?=[/?]|$)/.test(req.url ?? "")) varyByAccept(res);
    void showPage(req, res);
  });
  await listen(server, options.port, options.host);
  const stopJobs = services.startJobs();
  return {
    url: `http://localhost:${portOf(server)}`,
    async close() {
      stopJobs();
      server.close();
      await Promise.race([
        Promise.allSettled([...pending]),
        new Promise((resolve) => setTimeout(resolve, DRAIN_TIMEOUT_MS).unref()),
      ]);
      server.closeAllConnections();
      await site.close();
      await services.close();
    },
  };
}

/** @throws the reason of the last try */
async function warmUp(services: Runtime): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await services.warmUp();
    } catch (reason) {
      if (tries === WARM_UP.tries) throw reason;
      services.log.warn({ reason: String(reason), tries }, "the catalogue cannot be read yet");
      await sleep(WARM_UP.pauseMs);
    }
  }
}

/**
 * Pages of the docs are Markdown for whoever asks for it, so caches have to keep the two apart. Next sets Vary anew for
 * every page and drops what its own configuration put there; it is added last, when the head is written.
 */
function varyByAccept(res: ServerResponse): void {
  const writeHead = res.writeHead;
  res.writeHead = function addVary(this: ServerResponse, ...head: unknown[]) {
    const names = [res.getHeader("vary") ?? []].flat().join(", ");
    if (!/\baccept\b(?!-)/i.test(names)) res.setHeader("vary", names ? `${names}, Accept` : "Accept");
    return Reflect.apply(writeHead, this, head);
  };
}

function listen(server: Server, port: number, host: string | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port, host, backlog: BACKLOG }, resolve);
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" && address ? address.port : 0;
}

async function main() {
  const server = await startServer({ dev: false, port: env.PORT });
  runtime().log.info({ url: server.url }, "listening");
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void server.close().then(() => process.exit(0)));
  }
}

// Run as a program by `npm start`; imported by the development server.
if (process.argv[1]?.endsWith("start.mjs")) {
  main().catch((reason: unknown) => {
    process.stderr.write(`${reason instanceof Error ? reason.message : String(reason)}\n`);
    process.exit(1);
  });
}
