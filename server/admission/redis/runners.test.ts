// Harm prevented: a step of the counters that is carried out twice by a client that tries again, or an error that tells who spends what.
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RedisServer, startRedisServer } from "@/server/dev/redis-server";
import { startUpstashBridge, type UpstashBridge } from "@/server/dev/upstash-bridge";
import { NoVerdict } from "../contract";
import { createIoredisRunner } from "./ioredis";
import type { RedisRunner } from "./runner";
import { createUpstashRunner } from "./upstash";

const COUNT = "return redis.call('HINCRBY', KEYS[1], ARGV[1], 1)";
const DEADLINE_MS = 250;

let redis: RedisServer;
let bridge: UpstashBridge;
let client: Redis;
beforeAll(async () => {
  redis = await startRedisServer();
  bridge = await startUpstashBridge(redis.url);
  client = new Redis(redis.url);
});
afterAll(async () => {
  client.disconnect();
  await bridge.close();
  await redis.stop();
});

/** How often the server has carried out a command since it started. */
async function callsOf(command: string): Promise<number> {
  const stats = await client.info("commandstats");
  return Number(new RegExp(`cmdstat_${command}:calls=(\\d+)`).exec(stats)?.[1] ?? 0);
}

async function reasonOf(runner: RedisRunner, text: string, args: readonly string[]): Promise<Error> {
  const reason: unknown = await runner.script(text, ["{org}:m"], args).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(NoVerdict.is(reason)).toBe(true);
  return reason as Error;
}

describe.each([
  ["ioredis", () => createIoredisRunner(redis.url, { deadlineMs: 5_000 })],
  ["upstash", () => createUpstashRunner(bridge, { deadlineMs: 5_000 })],
] as const)("%s", (name, make) => {
  it("sends a script's text once, and its hash from then on", async () => {
    const runner = make();
    const seen = async () =>
      name === "upstash"
        ? { eval: bridge.seen.get("EVAL") ?? 0, evalsha: bridge.seen.get("EVALSHA") ?? 0 }
        : { eval: await callsOf("eval"), evalsha: await callsOf("evalsha") };
    const before = await seen();
    for (let turn = 1; turn <= 3; turn += 1)
      expect(await runner.script(COUNT, [`{${name}}:m`], ["field"])).toBe(turn);
    const after = await seen();
    expect({ eval: after.eval - before.eval, evalsha: after.evalsha - before.evalsha }).toEqual({
      eval: 1,
      evalsha: 3,
    });
    await runner.close();
  });

  it("keeps keys, amounts and the script out of its errors", async () => {
    const runner = make();
    const { message, cause } = await reasonOf(runner, "return redis.call('INCR', KEYS[1], ARGV[1])", [
      "key_secret",
    ]);
    expect(message).not.toMatch(/org|key_secret|redis\.call|INCR/);
    expect(cause).toBeUndefined();
    await runner.close();
  });
});

describe("upstash", () => {
  let server: Server;
  let requests: string[] = [];
  let answer: RequestListener = (_req, res) => res.destroy();
  beforeAll(async () => {
    server = createServer((req, res) => {
      let body = "";
      req.on("data", (bytes: Buffer) => {
        body += bytes.toString();
      });
      req.on("end", () => {
        requests.push(body);
        answer(req, res);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const runner = () => {
    requests = [];
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return createUpstashRunner({ url, token: "secret-token" }, { deadlineMs: DEADLINE_MS });
  };

  it.each<[string, RequestListener]>([
    ["a connection that is cut", (_req, res) => res.destroy()],
    ["500", (_req, res) => res.writeHead(500).end("{}")],
    ["429", (_req, res) => res.writeHead(429).end('{"error":"ERR max requests limit exceeded."}')],
    ["no answer in time", () => {}],
  ])("sends what fails with %s once, and says no more than that", async (_name, listener) => {
    answer = listener;
    const { message } = await reasonOf(runner(), COUNT, ["key_secret"]);
    expect(requests).toHaveLength(1);
    expect(message).not.toMatch(/key_secret|secret-token|redis\.call|127\.0\.0\.1/);
  });

  it("asks for the locking of keys instead of the whole database, which plain Redis would refuse", async () => {
    answer = (_req, res) => res.writeHead(400).end('{"error":"NOSCRIPT No matching script."}');
    await reasonOf(runner(), COUNT, ["field"]);
    const [first, second] = requests.map((body) => JSON.parse(body) as string[]);
    expect(first?.[0]).toMatch(/evalsha/i);
    expect(second?.slice(0, 2)).toEqual([
      expect.stringMatching(/^eval$/i),
      `#!lua flags=allow-key-locking\n${COUNT}`,
    ]);
    expect(requests).toHaveLength(2);
    const plain = createIoredisRunner(redis.url, { deadlineMs: 5_000 });
    await reasonOf(plain, `#!lua flags=allow-key-locking\n${COUNT}`, ["field"]);
    await plain.close();
  });
});
