// Harm prevented: a name that is public while it is judged and private when it is called; an answer that never ends.
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, expect, it } from "vitest";
import { createGuardedClient, type GuardedClient, type GuardedClientOptions } from "./guarded-client";

const MESSAGE = { headers: {}, body: "{}", timeoutMs: 1_000, maxAnswerBytes: 1_024 };
const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const part of open.splice(0)) await part.close();
});

function client(options: GuardedClientOptions): GuardedClient {
  const made = createGuardedClient(options);
  open.push(made);
  return made;
}

async function receiver(listener: RequestListener): Promise<{ port: number; calls: () => number }> {
  let calls = 0;
  const server: Server = createServer((request, response) => {
    calls += 1;
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  open.push({
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
  return { port: (server.address() as AddressInfo).port, calls: () => calls };
}

const ok: RequestListener = (_request, response) => void response.end("fine");

it("connects to no private address, by name or as a literal", async () => {
  const { port, calls } = await receiver(ok);
  const system = client({});
  for (const host of ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0x7f.1", "2130706433"])
    await expect(system.post(`http://${host}:${port}/`, MESSAGE)).rejects.toMatchObject({
      name: "ForbiddenAddress",
    });
  expect(calls()).toBe(0);
});

it("judges the address of every connection, so a name that changes its mind is refused (rebinding)", async () => {
  const { port, calls } = await receiver(ok);
  const asked: string[] = [];
  const rebinding = client({
    resolve(hostname, done) {
      asked.push(hostname);
      done(null, [{ address: "127.0.0.1", family: 4 }]);
    },
  });
  await expect(rebinding.post(`http://rebind.example:${port}/`, MESSAGE)).rejects.toMatchObject({
    name: "ForbiddenAddress",
  });
  expect(asked).toEqual(["rebind.example"]);
  expect(calls()).toBe(0);
});

it("connects to the address that it judged and asks for no second one", async () => {
  const { port } = await receiver((request, response) => void response.end(request.headers.host));
  let answers = 0;
  const once = client({
    allowsLoopback: true,
    resolve(_hostname, done) {
      answers += 1;
      done(null, [{ address: answers === 1 ? "127.0.0.1" : "10.0.0.1", family: 4 }]);
    },
  });
  const answer = await once.post(`http://public.example:${port}/`, MESSAGE);
  expect(answer.body.toString()).toBe(`public.example:${port}`);
  expect(answers).toBe(1);
});

it("refuses a name of which one address is private", async () => {
  const mixed = client({
    resolve: (_hostname, done) =>
      done(null, [
        { address: "8.8.8.8", family: 4 },
        { address: "10.0.0.1", family: 4 },
      ]),
  });
  await expect(mixed.post("http://mixed.example/", MESSAGE)).rejects.toMatchObject({
    name: "ForbiddenAddress",
  });
});

it("follows no redirect", async () => {
  const inside = await receiver(ok);
  const { port } = await receiver((_request, response) => {
    response.writeHead(307, { location: `http://127.0.0.1:${inside.port}/` }).end();
  });
  const answer = await client({ allowsLoopback: true }).post(`http://127.0.0.1:${port}/`, MESSAGE);
  expect(answer.status).toBe(307);
  expect(inside.calls()).toBe(0);
});

it("cuts an endless answer, and unpacks none", async () => {
  const endless = await receiver((_request, response) => {
    const pour = () => {
      while (response.write(Buffer.alloc(65_536, "x")));
    };
    response.on("drain", pour);
    pour();
  });
  const bomb = await receiver((_request, response) => {
    response.setHeader("content-encoding", "gzip");
    response.end(gzipSync(Buffer.alloc(50_000_000)));
  });
  const guarded = client({ allowsLoopback: true });
  const cut = await guarded.post(`http://127.0.0.1:${endless.port}/`, MESSAGE);
  expect([cut.status, cut.body.length]).toEqual([200, 1_024]);
  const packed = await guarded.post(`http://127.0.0.1:${bomb.port}/`, MESSAGE);
  expect(packed.body.subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
});

it("gives up on a receiver that says nothing, and takes the status of one that drips", async () => {
  const silent = await receiver(() => {});
  const drip = await receiver((_request, response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write("."), 50);
    response.on("close", () => clearInterval(timer));
  });
  const guarded = client({ allowsLoopback: true });
  const message = { ...MESSAGE, timeoutMs: 300 };
  await expect(guarded.post(`http://127.0.0.1:${silent.port}/`, message)).rejects.toThrow();
  expect((await guarded.post(`http://127.0.0.1:${drip.port}/`, message)).status).toBe(200);
});

it("opens nothing at a private address, follows nobody elsewhere, and tells when an answer is cut short", async () => {
  const { port, calls } = await receiver((request, response) => {
    if (request.url === "/moved") response.writeHead(302, { location: "http://127.0.0.1:1/" }).end("moved");
    else if (request.url === "/cut") response.writeHead(200, { "content-length": "100" }).end("short");
    else response.end(request.headers.range ?? "0123456789");
  });
  const terms = { timeoutMs: 1_000, headers: { range: "bytes=0-1" }, signal: new AbortController().signal };
  const at = (path: string) => `http://127.0.0.1:${port}${path}`;
  await expect(client({}).open(at("/"), terms)).rejects.toThrow("https");
  await expect(client({}).open(`https://127.0.0.1:${port}/`, terms)).rejects.toMatchObject({
    name: "ForbiddenAddress",
  });
  expect(calls()).toBe(0);
  const open = client({ allowsLoopback: true });
  const whole = await open.open(at("/"), terms);
  expect(Buffer.from((await whole.body.read()) ?? []).toString()).toBe("bytes=0-1");
  expect(await whole.body.read()).toBeNull();
  const moved = await open.open(at("/moved"), terms);
  expect(moved.status).toBe(302);
  moved.body.abort();
  const cut = await open.open(at("/cut"), terms);
  await expect(cut.body.read().then(() => cut.body.read())).rejects.toThrow();
});
