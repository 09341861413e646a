// Harm prevented: an input that nobody meant well makes the API fall over, spend, leak a line, or answer another request.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { request } from "undici";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { BAD_REQUESTS, badCredentials, STEERING, STEERING_HEADERS } from "./bad-inputs";
import { recordFigures } from "./figures";
import { type Customer, type Ground, MODEL, QUESTION, startGround, USD } from "./ground";

const RAW_BODY = "{}";
const CHAT = { model: MODEL, messages: QUESTION };

describe.each(["node", "next"] as const)("bad inputs behind the %s adapter", (adapter) => {
  let ground: Ground;
  let customer: Customer;
  let refused = 0;
  beforeAll(async () => {
    ground = await startGround({ adapter, simulator: { outputTokens: 4 } });
    customer = ground.customer(100n * USD);
  });
  afterAll(() => ground.stop());
  beforeEach(() => ground.stack.simulator.reset());

  const authorized = () => ({
    authorization: `Bearer ${customer.apiKey}`,
    "content-type": "application/json",
  });
  async function send(path: string, options: Parameters<typeof request>[1]) {
    const answer = await request(ground.stack.url + path, options);
    const text = await answer.body.text();
    return { status: answer.statusCode, headers: answer.headers, text };
  }
  const post = (body: string | Uint8Array, headers: Record<string, string | string[]> = {}) =>
    send("/v1/chat/completions", { method: "POST", headers: { ...authorized(), ...headers }, body });
  const errorOf = (text: string) => (JSON.parse(text) as { error: Record<string, unknown> }).error;

  /** No provider was called, nothing is held, and the request left no row. */
  async function expectNothingHappened(before: bigint) {
    expect(ground.stack.simulator.requests()).toEqual([]);
    expect(await ground.balance(customer.organizationId)).toMatchObject({
      totalNanoUsd: before,
      reservedNanoUsd: 0n,
    });
  }
  const balanceNow = async () => {
    await ground.settled(customer.organizationId);
    return (await ground.balance(customer.organizationId)).totalNanoUsd;
  };

  it.each(BAD_REQUESTS)("$name → $status $code", async ({ body, headers, status, code, param }) => {
    const before = await balanceNow();
    const answer = await post(body, headers);
    expect(answer.status, answer.text.slice(0, 300)).toBe(status);
    expect(answer.headers["x-request-id"]).toMatch(/^req_/);
    expect(answer.headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(errorOf(answer.text)).toMatchObject({ code, ...(param === undefined ? {} : { param }) });
    // One line of JSON: nothing of the input can end a line, and no stack is shown.
    expect(answer.text).not.toMatch(/[\r\n]|node_modules|\.mjs|at Object/);
    await expectNothingHappened(before);
    refused += 1;
  });

  it("gives every kind of missing or wrong key the same answer, also a key in the query", async () => {
    const before = await balanceNow();
    const answers = new Set<string>();
    const body = JSON.stringify(CHAT);
    for (const headers of badCredentials(customer.apiKey)) {
      const { status, text } = await send("/v1/chat/completions", { method: "POST", headers, body });
      const { metadata: _id, ...error } = errorOf(text);
      answers.add(JSON.stringify({ status, error }));
      refused += 1;
    }
    for (const name of ["api_key", "key", "authorization", "access_token"]) {
      const { status, text } = await send(`/v1/key?${name}=${customer.apiKey}`, { method: "GET" });
      const { metadata: _id, ...error } = errorOf(text);
      answers.add(JSON.stringify({ status, error }));
      refused += 1;
    }
    expect([...answers]).toHaveLength(1);
    expect([...answers][0]).toContain('"status":401');
    expect(ground.stack.log()).not.toContain(customer.apiKey.slice(-40));
    await expectNothingHappened(before);
  });

  it("drops what would steer the upstream, and is not impressed by headers", async () => {
    const raw = JSON.stringify({ ...CHAT, ...STEERING }).replace("{", '{"__proto__":{"isAdmin":true},');
    const answer = await post(raw, STEERING_HEADERS);
    expect(answer.status).toBe(200);
    const [received] = ground.stack.simulator.requests();
    const body = received?.body as Record<string, unknown>;
    expect(Object.keys(body).sort()).toEqual(["max_tokens", "messages", "metadata", "model"]);
    expect(body.metadata).toEqual({ kept: "yes" });
    expect(JSON.stringify(received?.headers)).not.toMatch(/evil|org_other|other|dtk_/);
    expect(({} as Record<string, unknown>).isAdmin).toBeUndefined();
    await ground.settled(customer.organizationId);
    expect((await ground.logRows(customer.organizationId)).at(-1)?.outcome).toBe("succeeded");
  });

  it("serves odd but honest input: NUL, half a surrogate pair, 3.9 MB, and no limit of its own", async () => {
    for (const content of [
      "a\0b",
      "\ud800",
      "Much to say. ".repeat(300_000),
      "型".repeat(1_000),
      "\u202e\u0007",
    ]) {
      const answer = await post(JSON.stringify({ ...CHAT, messages: [{ role: "user", content }] }));
      expect(answer.status, answer.text.slice(0, 200)).toBe(200);
    }
    const [received] = ground.stack.simulator.requests();
    expect(received?.body).toMatchObject({ max_tokens: 32_768 });
    await ground.settled(customer.organizationId);
    await ground.audit(customer);
  });

  it("fetches no image for anybody: private addresses are passed on by name", async () => {
    let visits = 0;
    const inside = createServer((_request, response) => {
      visits += 1;
      response.end();
    });
    await new Promise<void>((resolve) => inside.listen(0, "127.0.0.1", resolve));
    const { port } = inside.address() as AddressInfo;
    const hosts = [
      `127.0.0.1:${port}`,
      `localhost.:${port}`,
      `[::ffff:127.0.0.1]:${port}`,
      `2130706433:${port}`,
    ];
    for (const url of [...hosts.map((host) => `http://${host}/`), "file:///etc/passwd"]) {
      const content = [{ type: "image_url", image_url: { url } }];
      await post(JSON.stringify({ ...CHAT, messages: [{ role: "user", content }] }));
    }
    inside.close();
    expect(visits).toBe(0);
  });

  it("answers unknown paths, methods and ids in the API's own shape", async () => {
    const headers = authorized();
    const get = (path: string) => send(path, { method: "GET", headers });
    const cases = [
      { answer: await get("/v1/nothing/here"), status: 404, code: "not_found" },
      { answer: await get("/v1"), status: 404, code: "not_found" },
      { answer: await get("/v1/chat/completions"), status: 405, code: "method_not_allowed" },
      {
        answer: await send("/v1/models", { method: "DELETE", headers }),
        status: 405,
        code: "method_not_allowed",
      },
      { answer: await get("/v1/models/..%2f..%2fadmin"), status: 404, code: "model_not_found" },
      { answer: await get("/v1/models/%00"), status: 404, code: "model_not_found" },
      {
        answer: await get("/v1/generation?id='; DROP TABLE intent; --".replaceAll(" ", "%20")),
        status: 400,
        code: "invalid_request",
      },
      {
        answer: await get("/v1/generation?id=gen_01hzzzzzzzzzzzzzzzzzzzzzzz"),
        status: 404,
        code: "not_found",
      },
    ];
    for (const { answer, status, code } of cases) {
      expect({ status: answer.status, ...errorOf(answer.text) }).toMatchObject({ status, code });
      refused += 1;
    }
  });

  it("keeps its memory while ten senders push fifty megabytes each", async () => {
    const before = await balanceNow();
    const residentMb = () =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${ground.stack.pid()}/status`, "utf8"))?.[1]) / 1_024;
    const atRest = residentMb();
    await Promise.all(Array.from({ length: 10 }, () => pushChunks(50)));
    expect(residentMb() - atRest).toBeLessThan(250);
    await expectNothingHappened(before);
    refused += 10;
  });

  /** A chunked body of so many megabytes, without a length; answers what the server said before it closed. */
  function pushChunks(megabytes: number): Promise<string> {
    const chunk = `100000\r\n${"x".repeat(2 ** 20)}\r\n`;
    return raw(
      `${head("transfer-encoding: chunked")}`,
      Array.from({ length: megabytes }, () => chunk),
    );
  }

  const head = (...lines: readonly string[]) =>
    [
      "POST /v1/chat/completions HTTP/1.1",
      `host: ${new URL(ground.stack.url).host}`,
      `authorization: Bearer ${customer.apiKey}`,
      "content-type: application/json",
      ...lines,
      "\r\n",
    ].join("\r\n");

  /** Writes bytes as they are; answers all that came back until the server closed, or `idleMs` passed in silence. */
  function raw(first: string, rest: readonly string[] = [], idleMs = 3_000): Promise<string> {
    const url = new URL(ground.stack.url);
    return new Promise((resolve) => {
      const socket = connect(Number(url.port), url.hostname);
      let text = "";
      socket.setTimeout(idleMs, () => socket.destroy());
      socket.on("data", (bytes) => {
        text += bytes.toString("latin1");
      });
      socket.on("error", () => {});
      socket.on("close", () => resolve(text));
      socket.write(first);
      void (async () => {
        for (const part of rest) {
          if (socket.destroyed) return;
          // A closed socket never drains; the loop is left behind with it.
          if (!socket.write(part)) await new Promise((done) => socket.once("drain", done));
        }
      })();
    });
  }

  it("sees one request where a smuggler wrote two", async () => {
    const before = await balanceNow();
    const inner = `GET /v1/key HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${customer.apiKey}\r\n\r\n`;
    const attempts = [
      `${head("content-length: 4", "transfer-encoding: chunked")}0\r\n\r\n${inner}`,
      `${head("transfer-encoding: chunked", "content-length: 4")}0\r\n\r\n${inner}`,
      `${head("transfer-encoding: xchunked")}0\r\n\r\n${inner}`,
      `${head("content-length: 2", "content-length: 200")}{}${inner}`,
      `${head("content-length: +2")}{}${inner}`,
      head("x-folded: a\r\n b", "content-length: 2") + RAW_BODY,
      head("content-length: 2").replaceAll("\r\n", "\n") + RAW_BODY,
      head("x-nul: a\0b", "content-length: 2") + RAW_BODY,
      head("content-length : 2") + RAW_BODY,
    ];
    for (const attempt of attempts) {
      const text = await raw(attempt);
      expect(text.match(/HTTP\/1\.1 \d+/g)?.length ?? 0).toBeLessThanOrEqual(1);
      expect(text).not.toMatch(/HTTP\/1\.1 2\d\d/);
      refused += 1;
    }
    await expectNothingHappened(before);
  });

  it("lets go of a sender of one byte a second after fifteen of them, and holds nothing for it", async () => {
    const before = await balanceNow();
    const drip = (start: string) => {
      const url = new URL(ground.stack.url);
      return new Promise<string>((resolve) => {
        const socket = connect(Number(url.port), url.hostname);
        let text = "";
        socket.write(start);
        const dripping = setInterval(() => socket.write("x"), 1_000);
        socket.on("data", (bytes) => {
          text += bytes.toString("latin1");
          // Next answers, but goes on reading what nobody wants until its own time limit.
          if (adapter === "next") socket.destroy();
        });
        socket.on("error", () => {});
        socket.on("close", () => {
          clearInterval(dripping);
          resolve(text);
        });
      });
    };
    const starts = [head("content-length: 1000")];
    // Behind `next start` it is Next's server that waits for headers; on serverless it is the edge.
    if (adapter === "node") starts.push("GET /v1/models HTTP/1.1\r\nx-slow: ");
    for (const text of await Promise.all(starts.map(drip))) {
      if (text !== "") expect(text).toMatch(/^HTTP\/1\.1 408 /);
      refused += 1;
    }
    await expectNothingHappened(before);
  });

  it("still serves, and its books are right", async (context) => {
    expect((await post(JSON.stringify(CHAT))).status).toBe(200);
    await ground.settled(customer.organizationId);
    const audit = await ground.audit(customer);
    recordFigures(context, {
      name: `bad inputs, ${adapter} adapter`,
      injected: refused,
      ...audit,
      note: "refused before anything was reserved",
    });
  });
});
