// Harm prevented: somebody who signs in through another service as a person whose address they never proved; a second factor
// that such a sign-in goes around; a password that an impostor chose and that outlives the owner's arrival.
import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { eq } from "drizzle-orm";
import { NextRequest } from "next/server";
import { Secret, TOTP } from "otpauth";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { linkedAccount, twoFactor, user } from "@/db/schema";
import { publishSiteAddress } from "@/server/platform/env";
import { newId } from "@/server/platform/ids";
import { type AuthFixture, authFixture } from "./fixtures";
import { answerAuth, type NextAuthDeps } from "./next-auth";
import { hashPassword } from "./passwords";
import { finishByCode, signInByProvider } from "./provider-sign-in";
import { sealSecret } from "./second-factor";
import { readActor } from "./session";
import { createUser } from "./users";

/** next-auth asks Next for the cookies of the request, which only exist inside of its server. */
function inRequest(jarOf: () => ReadonlyMap<string, string>): void {
  const require = createRequire(import.meta.url);
  const name = require.resolve("next/headers");
  require(name);
  const loaded = require.cache[name];
  if (!loaded) throw new Error("next/headers is not there");
  loaded.exports = {
    headers: async () => new Headers(),
    cookies: async () => ({
      getAll: () =>
        [...jarOf()].map(([cookie, value]) => ({ name: cookie, value: decodeURIComponent(value) })),
    }),
  };
}

const CLIENT = { ip: "192.0.2.1", userAgent: "Test" };
const identity = (subject: string, email: string | null, provider: "github" | "google" = "github") => ({
  provider,
  subject,
  email,
  name: "Ada",
});
let auth: AuthFixture;
beforeAll(async () => {
  auth = await authFixture();
});
afterAll(() => auth.database.close());
beforeEach(() => {
  auth.sent.length = 0;
});

const address = () => `${newId("user")}@example.com`;
async function account(email: string, isEmailVerified: boolean): Promise<string> {
  const made = await createUser(auth.db, auth.clock, {
    email,
    name: "Ada",
    passwordHash: await hashPassword("correct horse battery"),
    isEmailVerified,
  });
  return made?.user.id ?? "";
}
const rowOf = async (id: string) => (await auth.db.select().from(user).where(eq(user.id, id)))[0];
const enter = async (subject: string, email: string | null, provider?: "github" | "google") => {
  const outcome = await signInByProvider(auth, identity(subject, email, provider), CLIENT);
  if (outcome.kind !== "session") throw new Error("a code is asked for");
  return outcome.claims.userId;
};

describe("an unknown account elsewhere", () => {
  it("makes an account of its verified address, and is known by its id afterwards, whatever address it has", async () => {
    const email = address();
    const id = await enter("s1", email);
    expect(await rowOf(id)).toMatchObject({ email, passwordHash: null });
    expect(await enter("s1", "other@example.com")).toBe(id);
    expect(await enter("s1", null)).toBe(id);
    expect(auth.sent).toEqual([]);
  });

  it("lets nobody in whom an operator has suspended, until that is taken back", async () => {
    const id = await enter("s-suspended", address());
    const set = (suspendedAt: Date | null) =>
      auth.db.update(user).set({ suspendedAt }).where(eq(user.id, id));
    await set(new Date(auth.clock.nowMs()));
    await expect(enter("s-suspended", null)).rejects.toMatchObject({
      code: "permission_denied",
      metadata: { reason: "account_suspended" },
    });
    await set(null);
    expect(await enter("s-suspended", null)).toBe(id);
  });

  it("is refused without a verified address, and makes nothing", async () => {
    await expect(enter("s2", null)).rejects.toMatchObject({
      code: "permission_denied",
      metadata: { reason: "email_not_verified" },
    });
    expect(await auth.db.select().from(linkedAccount).where(eq(linkedAccount.subject, "s2"))).toEqual([]);
  });

  it("is linked to the confirmed account of its address, which keeps its password and is told", async () => {
    const email = address();
    const id = await account(email, true);
    expect(await enter("s3", email.toUpperCase())).toBe(id);
    expect((await rowOf(id))?.passwordHash).not.toBeNull();
    expect(auth.sent).toMatchObject([{ to: email, subject: "GitHub signs you in now" }]);
  });

  it("takes an account over that nobody confirmed: the password that was chosen for it opens nothing", async () => {
    const email = address();
    const id = await account(email, false);
    expect(await enter("s4", email)).toBe(id);
    expect(await rowOf(id)).toMatchObject({ passwordHash: null, sessionVersion: 1 });
    expect((await rowOf(id))?.emailVerifiedAt).not.toBeNull();
  });

  it("is one account, however many sign-ins come at once", async () => {
    const email = address();
    const ids = await Promise.all(Array.from({ length: 5 }, () => enter("s5", email).catch(() => null)));
    const [only] = await auth.db.select().from(user).where(eq(user.email, email));
    for (const id of ids.filter((each) => each !== null)) expect(id).toBe(only?.id);
    expect(await enter("s5", email)).toBe(only?.id);
  });

  it("is another one at another service", async () => {
    const [one, two] = [address(), address()];
    expect(await enter("same", one)).not.toBe(await enter("same", two, "google"));
  });
});

describe("the second factor", () => {
  it("is asked for, works once, and the proof lasts five minutes", async () => {
    const email = address();
    const id = await account(email, true);
    const totp = new TOTP({ secret: new Secret({ size: 20 }) });
    await auth.db
      .insert(twoFactor)
      .values({ userId: id, secret: sealSecret(auth, totp), createdAt: new Date(0) });
    await auth.db.update(user).set({ hasTwoFactor: true }).where(eq(user.id, id));
    const proofOf = async () => {
      const outcome = await signInByProvider(auth, identity("f1", email), CLIENT);
      if (outcome.kind !== "code") throw new Error("no code was asked for");
      return outcome.proof;
    };
    const proof = await proofOf();
    const code = () => totp.generate({ timestamp: auth.clock.nowMs() });
    await expect(finishByCode(auth, { proof, code: "000000" }, CLIENT)).rejects.toMatchObject({
      code: "unauthenticated",
    });
    await expect(
      finishByCode(auth, { proof: proof.slice(0, -8), code: code() }, CLIENT),
    ).rejects.toMatchObject({
      metadata: { reason: "proof_expired" },
    });
    expect((await finishByCode(auth, { proof, code: code() }, CLIENT)).userId).toBe(id);
    await expect(finishByCode(auth, { proof, code: code() }, CLIENT)).rejects.toMatchObject({
      metadata: { reason: "two_factor_wrong" },
    });
    const late = await proofOf();
    auth.clock.advance(5 * 60_000);
    await expect(finishByCode(auth, { proof: late, code: code() }, CLIENT)).rejects.toMatchObject({
      metadata: { reason: "proof_expired" },
    });
  });
});

describe("through the browser", () => {
  let elsewhere: Server;
  let deps: NextAuthDeps;
  let emails: unknown[] = [];
  let google: Record<string, unknown> = {};

  beforeAll(async () => {
    elsewhere = createServer((request, response) => {
      const path = new URL(request.url ?? "", "http://x").pathname;
      const answers: Record<string, unknown> = {
        "/login/oauth/access_token": { access_token: "t", token_type: "bearer", scope: "" },
        "/token": { access_token: "t", token_type: "bearer" },
        "/api/v3/user": { id: 4711, login: "ada", email: "unverified@example.com" },
        "/api/v3/user/emails": emails,
        "/v1/userinfo": google,
      };
      response.setHeader("content-type", "application/json").end(JSON.stringify(answers[path] ?? {}));
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
    const client = { clientId: "id", clientSecret: "secret" };
    deps = { ...auth, providers: { github: client, google: client, githubUrl: url, googleUrl: url } };
    publishSiteAddress(auth.appUrl);
  });
  afterAll(() => new Promise((resolve) => elsewhere.close(resolve)));

  /** The whole way: our button, the other side's page, the way back. */
  async function walk(provider: "github" | "google", change: (back: URL) => void = () => {}) {
    const jar = new Map<string, string>();
    inRequest(() => jar);
    const ask = async (path: string, init: { method?: string; body?: string; origin?: string } = {}) => {
      const request = new NextRequest(`${auth.appUrl}/api/auth/${path}`, {
        method: init.method ?? "GET",
        ...(init.body ? { body: init.body } : {}),
        headers: {
          cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; "),
          "content-type": "application/x-www-form-urlencoded",
          ...(init.method === "POST" ? { origin: init.origin ?? auth.appUrl } : {}),
        },
      });
      const nextauth = path.split("?")[0]?.split("/") ?? [];
      const answer = await answerAuth(deps, request, { params: Promise.resolve({ nextauth }) });
      for (const cookie of answer.headers.getSetCookie()) {
        const [pair = ""] = cookie.split(";");
        jar.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
      }
      return answer;
    };
    const { csrfToken } = await (await ask("csrf")).json();
    const body = new URLSearchParams({ csrfToken, callbackUrl: "/dashboard", json: "true" }).toString();
    const { url } = await (await ask(`signin/${provider}`, { method: "POST", body })).json();
    const there = new URL(url);
    const back = new URL(there.searchParams.get("redirect_uri") ?? "");
    expect(back.href).toBe(`${auth.appUrl}/api/auth/callback/${provider}`);
    back.searchParams.set("code", "c");
    back.searchParams.set("state", there.searchParams.get("state") ?? "");
    change(back);
    const answer = await ask(`callback/${provider}${back.search}`);
    const cookie = jar.get("dti-session");
    const actor = await readActor(auth, new Headers(cookie ? { cookie: `dti-session=${cookie}` } : {}));
    return { location: answer.headers.get("location") ?? "", actor, there };
  }

  it("signs in by the primary verified address of GitHub, never by another", async () => {
    emails = [
      { email: "unverified@example.com", primary: true, verified: false },
      { email: "second@example.com", primary: false, verified: true },
    ];
    expect(await walk("github")).toMatchObject({
      actor: null,
      location: expect.stringContaining("/sign-in?refused=email_not_verified"),
    });
    const email = address();
    emails = [{ email, primary: true, verified: true }];
    const { actor, location, there } = await walk("github");
    expect(actor?.email).toBe(email);
    expect(location).toBe(`${auth.appUrl}/dashboard`);
    expect(there.searchParams.get("code_challenge_method")).toBe("S256");
  });

  it("signs in by an address that Google says it has verified", async () => {
    const email = address();
    google = { sub: "g1", email, email_verified: "true", name: "Ada" };
    expect((await walk("google")).actor).toBeNull();
    google = { ...google, email_verified: true };
    expect((await walk("google")).actor?.email).toBe(email);
  });

  it("takes nobody back who did not set out here", async () => {
    google = { sub: "g2", email: address(), email_verified: true };
    const { actor } = await walk("google", (back) => back.searchParams.set("state", "forged"));
    expect(actor).toBeNull();
  });
});
