import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * Below the ports that systems give to outgoing connections (from 32,768 on Linux, from 49,152 elsewhere): one of those can be
 * taken by a client in the seconds between this answer and the start of the server, or while a server is started again.
 */
const RANGE = { from: 15_000, to: 32_000 } as const;
const TRIES = 50;

/** A free port on 127.0.0.1: the preferred one, when it is free. @throws when many in a row are taken */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred && (await isFree(preferred))) return preferred;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = randomInt(RANGE.from, RANGE.to);
    if (await isFree(port)) return port;
  }
  throw new Error(`${TRIES} ports between ${RANGE.from} and ${RANGE.to} are taken.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
