import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Redis } from "ioredis";

/** Upstash's flag for scripts; plain Redis refuses it, so it is taken off here, and the hash is mapped. */
const FLAG = /^#!lua flags=allow-key-locking\n/;

export interface UpstashBridge {
  readonly url: string;
  readonly token: string;
  /** Commands that came, by name. */
  readonly seen: Map<string, number>;
  /** What the next answers are instead of the real ones; see the names. */
  fault: "none" | "slow" | "unauthorized" | "limit" | "html" | "null" | "cut";
  close(): Promise<void>;
}

/** Upstash's REST interface in front of a real Redis, with its error shapes: for tests of the client that is used there. */
export async function startUpstashBridge(redisUrl: string): Promise<UpstashBridge> {
  const redis = new Redis(redisUrl, { maxRetriesPerRequest: 0 });
  redis.on("error", () => {});
  const token = "a-token-of-the-tests";
  const stripped = new Map<string, string>();
  const seen = new Map<string, number>();
  const server = createServer((req, res) => {
    void answer(req, res).catch((reason: unknown) => {
      send(res, 400, { error: String(reason instanceof Error ? reason.message : reason) });
    });
  });

  const answer = async (req: IncomingMessage, res: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of req) chunks.push(chunk as Buffer);
    if (bridge.fault === "slow") await new Promise((resolve) => setTimeout(resolve, 2_000));
    if (bridge.fault === "html") return void res.writeHead(502).end("<html>bad gateway</html>");
    if (bridge.fault === "cut") return void res.destroy();
    if (bridge.fault === "null") return send(res, 200, { result: null });
    if (bridge.fault === "limit") return send(res, 429, { error: "ERR max requests limit exceeded." });
    if (bridge.fault === "unauthorized" || req.headers.authorization !== `Bearer ${token}`) {
      return send(res, 401, { error: "WRONGPASS invalid or missing auth token" });
    }
    const [name = "", ...args] = (JSON.parse(Buffer.concat(chunks).toString()) as unknown[]).map(String);
    seen.set(name.toUpperCase(), (seen.get(name.toUpperCase()) ?? 0) + 1);
    const result = await carryOut(name.toUpperCase(), args);
    send(res, 200, { result: req.headers["upstash-encoding"] === "base64" ? toBase64(result) : result });
  };

  const carryOut = (name: string, args: string[]): Promise<unknown> => {
    const [script = "", ...rest] = args;
    if (name === "EVAL" && FLAG.test(script)) {
      const own = script.replace(FLAG, "");
      stripped.set(createHash("sha1").update(script).digest("hex"), own);
      return redis.call("EVAL", own, ...rest);
    }
    if (name === "EVALSHA") {
      const own = stripped.get(script);
      if (own === undefined) throw new Error("NOSCRIPT No matching script. Please use EVAL.");
      return redis.call("EVAL", own, ...rest);
    }
    return redis.call(name, ...args);
  };

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const bridge: UpstashBridge = {
    url: `http://127.0.0.1:${port}`,
    token,
    seen,
    fault: "none",
    async close() {
      redis.disconnect();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return bridge;
}

function send(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

/** Texts at any depth; everything else as it is. "OK" stays plain, as it does there. */
function toBase64(value: unknown): unknown {
  if (typeof value === "string") return value === "OK" ? value : Buffer.from(value).toString("base64");
  return Array.isArray(value) ? value.map(toBase64) : value;
}
