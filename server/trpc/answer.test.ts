import superjson from "superjson";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answerTrpc } from "./answer";
import { type Person, type TrpcFixture, trpcFixture } from "./fixtures";

let site: TrpcFixture;
let owner: Person;
beforeAll(async () => {
  site = await trpcFixture();
  owner = await site.person();
});
afterAll(() => site.database.close());

const ADA = { email: "ada@example.com", name: "Ada", password: "correct horse battery" };
const ownPage = () => new Headers({ origin: site.services.appUrl, "content-type": "application/json" });
const bodyOf = (input: unknown) => JSON.stringify(superjson.serialize(input));

async function errorOf(response: Response) {
  return ((await response.json()) as { error: { json: { message: string; data: Record<string, unknown> } } })
    .error.json;
}

/** Harm: what an error says about our inside. */
describe("errors", () => {
  it("carry our code, the text, the request id and the field, and nothing else", async () => {
    const response = await site.post("account.signUp", bodyOf({ ...ADA, password: "short" }), ownPage());
    expect(response.status).toBe(400);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await errorOf(response)).toEqual({
      code: -32600,
      message: "Some fields are missing or not valid.",
      data: {
        code: "invalid_request",
        message: "Some fields are missing or not valid.",
        requestId: expect.stringMatching(/^req_/),
        param: "password",
        retryAfterSeconds: null,
        metadata: { fields: [{ path: "password", message: "Use at least 10 characters." }] },
        httpStatus: 400,
      },
    });
  });

  it("that nobody foresaw say only that", async () => {
    const services = { ...site.services, db: undefined as never };
    const request = new Request("http://site.example/api/trpc/account.resetPassword", {
      method: "POST",
      headers: ownPage(),
      body: bodyOf({ token: "t", password: "a new password" }),
    });
    const response = await answerTrpc(services, request, () => {});
    expect(response.status).toBe(500);
    const { message, data } = await errorOf(response);
    expect(data.code).toBe("internal_error");
    expect(JSON.stringify({ message, data })).not.toMatch(/undefined|transaction|TypeError|\.ts|stack/);
  });

  it.each([
    ["nothing.here", "{}", 404, "not_found"],
    ["account.signUp", "{", 400, "invalid_request"],
    ["account.session", "{}", 405, "method_not_allowed"],
    ["keys.create", bodyOf({ name: "x" }), 401, "unauthenticated"],
  ])("%s with %s → %i", async (path, body, status, code) => {
    const response = await site.post(path, body, ownPage());
    expect(response.status).toBe(status);
    expect((await errorOf(response)).data.code).toBe(code);
  });

  it("refuse a form of another site, whatever its content type", async () => {
    for (const type of [
      "text/plain",
      "multipart/form-data; boundary=x",
      "application/x-www-form-urlencoded",
      "application/json",
    ]) {
      const headers = new Headers(owner.headers);
      headers.set("origin", "http://evil.example");
      headers.set("content-type", type);
      const response = await site.post("keys.create", bodyOf({ name: "x" }), headers);
      expect([type, response.status]).toEqual([type, 403]);
    }
    expect((await site.call("keys.list", undefined, owner.headers)).data).toEqual([]);
  });
});

/** Harm: a list of who has an account here, made by asking the sign-up. */
describe("sign-up", () => {
  it("answers a taken and a free address alike, in words, headers and time", async () => {
    const ask = async (email: string) => {
      const began = performance.now();
      const response = await site.post("account.signUp", bodyOf({ ...ADA, email }), ownPage());
      const tookMs = performance.now() - began;
      const cookie = response.headers.get("set-cookie") ?? "";
      return {
        tookMs,
        status: response.status,
        body: (await response.text()).replace(email, "*"),
        cookie: cookie.replace(/=[\w-]{43};/, "=*;"),
      };
    };
    const { rows } = await site.database.pool.query(`SELECT email FROM "user" WHERE id = $1`, [owner.userId]);
    const quickest = { taken: Number.POSITIVE_INFINITY, free: Number.POSITIVE_INFINITY };
    for (const fresh of ["new", "newer", "newest"]) {
      const { tookMs: takenMs, ...taken } = await ask(rows[0].email);
      const { tookMs: freeMs, ...free } = await ask(`${fresh}@example.com`);
      expect(taken).toEqual(free);
      expect(free.cookie).toBe("dti-sign-up=*; Path=/; Max-Age=86400; HttpOnly; SameSite=Lax");
      quickest.taken = Math.min(quickest.taken, takenMs);
      quickest.free = Math.min(quickest.free, freeMs);
    }
    // Without the hash of a password, which takes nearly all of it, one of the two would be many times as quick.
    expect(quickest.taken / quickest.free).toBeGreaterThan(1 / 3);
    expect(quickest.free / quickest.taken).toBeGreaterThan(1 / 3);
  });

  it("leaves everything that depends on the account until after the answer", async () => {
    const { rows } = await site.database.pool.query(`SELECT email FROM "user" WHERE id = $1`, [owner.userId]);
    for (const path of ["account.requestPasswordReset", "account.resendVerification"]) {
      const taken = await site.post(path, bodyOf({ email: rows[0].email }), ownPage());
      const free = await site.post(path, bodyOf({ email: "nobody@example.com" }), ownPage());
      expect([taken.status, await taken.text()]).toEqual([free.status, await free.text()]);
    }
    await site.settle();
  });
});
