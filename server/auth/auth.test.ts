import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { emailToken, signInAttempt, user, userSession } from "@/db/schema";
import { listMemberships } from "@/server/organizations";
import { confirmEmail, inspectConfirmation } from "./confirm-email";
import { deliver } from "./deps";
import { type AuthFixture, authFixture, sessionHeaders, tokenIn } from "./fixtures";
import { signUpForm } from "./forms";
import { verifyPassword } from "./passwords";
import { isResetLinkAlive, resetPassword, sendPasswordReset } from "./reset-password";
import { endSession, readActor } from "./session";
import { signIn } from "./sign-in";
import { resendVerification, signUp } from "./sign-up";
import { findUserByEmail } from "./users";

const ADA = { email: "Ada@example.com", name: "Ada", password: "correct horse battery" };
const IP = "203.0.113.9";
const CLIENT = { ip: IP, userAgent: null };
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

let deps: AuthFixture;
beforeAll(async () => {
  deps = await authFixture();
});
afterAll(() => deps.database.close());
beforeEach(async () => {
  // The trail and the transfers refuse a TRUNCATE from everybody; this database is thrown away anyway.
  await deps.database.pool.query(
    `SET session_replication_role = replica; TRUNCATE "user", organization, sign_in_attempt CASCADE; SET session_replication_role = origin`,
  );
  deps.sent.length = 0;
});

async function signUpAda(form = ADA) {
  const { mail, browserSecret } = await signUp(deps, form, IP);
  await deliver(deps, mail);
  return { token: tokenIn(mail), browserSecret, mail };
}

async function confirmedAda() {
  const { token, browserSecret } = await signUpAda();
  return confirmEmail(deps, { token }, { browserSecret, ...CLIENT });
}

const code = (promise: Promise<unknown>) =>
  promise.then(
    () => "ok",
    (error: { code: string }) => error.code,
  );

/** Harm: an address that is not theirs, confirmed for somebody by its unsuspecting owner. */
describe("sign-up and confirmation", () => {
  it("makes one user with a personal organization, signed in by the browser that signed up", async () => {
    const claims = await confirmedAda();
    const actor = await readActor(deps, await sessionHeaders(deps, claims));
    expect(actor).toMatchObject({ email: ADA.email, name: "Ada", role: "owner", organizationName: "Ada" });
    expect(await listMemberships(deps.db, claims.userId)).toHaveLength(1);
    expect(deps.sent.map((mail) => mail.subject)).toEqual(["Confirm your e-mail address"]);
    expect(deps.sent[0]?.text).toContain("http://site.example/verify-email?token=");
  });

  it("asks any other browser for the password", async () => {
    const { token, browserSecret } = await signUpAda();
    expect(await inspectConfirmation(deps, token, browserSecret)).toMatchObject({ isSignUpBrowser: true });
    expect(await inspectConfirmation(deps, token, undefined)).toMatchObject({ isSignUpBrowser: false });
    const from = { browserSecret: "x".repeat(43), ...CLIENT };
    expect(await code(confirmEmail(deps, { token }, from))).toBe("unauthenticated");
    expect(await code(confirmEmail(deps, { token, password: "wrong password" }, from))).toBe(
      "unauthenticated",
    );
    expect((await findUserByEmail(deps.db, ADA.email))?.emailVerifiedAt).toBeNull();
    expect(await code(confirmEmail(deps, { token, password: ADA.password }, from))).toBe("ok");
  });

  it("lets a later sign-up replace the password and the link of one that was never confirmed", async () => {
    const attacker = await signUpAda({ ...ADA, name: "Mallory", password: "mallory's password" });
    const owner = await signUpAda();
    expect((await inspectConfirmation(deps, attacker.token, attacker.browserSecret)).state).toBe("used");
    // The attacker's browser, even with the owner's link, is not the one that signed up.
    expect(await inspectConfirmation(deps, owner.token, attacker.browserSecret)).toMatchObject({
      isSignUpBrowser: false,
    });
    await confirmEmail(deps, { token: owner.token }, { browserSecret: owner.browserSecret, ...CLIENT });
    expect(await code(signIn(deps, { email: ADA.email, password: "mallory's password" }, CLIENT))).toBe(
      "unauthenticated",
    );
    expect(await code(signIn(deps, ADA, CLIENT))).toBe("ok");
  });

  it("changes nothing for a confirmed account, and mails its owner", async () => {
    await confirmedAda();
    const known = await signUpAda({ ...ADA, email: "ADA@EXAMPLE.COM", password: "another password" });
    const unknown = await signUpAda({ ...ADA, email: "new@example.com" });
    expect(known.browserSecret).toHaveLength(unknown.browserSecret.length);
    expect(known.mail.subject).toBe("You already have an account");
    expect(await code(signIn(deps, ADA, CLIENT))).toBe("ok");
    expect(await deps.db.select().from(user)).toHaveLength(2);
  });

  it("uses a link up once, also for two clicks at the same time", async () => {
    const { token, browserSecret } = await signUpAda();
    const click = () => code(confirmEmail(deps, { token }, { browserSecret, ...CLIENT }));
    expect((await Promise.all([click(), click(), click()])).sort()).toEqual(["not_found", "not_found", "ok"]);
    expect(await click()).toBe("not_found");
    expect(await deps.db.select().from(userSession)).toHaveLength(1);
  });

  it("ends a link after a day, and the older link when a new one is sent", async () => {
    const { token, browserSecret } = await signUpAda();
    await resendVerification(deps, "ada@EXAMPLE.com");
    expect(await code(confirmEmail(deps, { token }, { browserSecret, ...CLIENT }))).toBe("not_found");
    const newest = tokenIn(deps.sent.at(-1));
    deps.clock.advance(24 * HOUR_MS);
    expect((await inspectConfirmation(deps, newest, browserSecret)).state).toBe("expired");
    expect(await code(confirmEmail(deps, { token: newest }, { browserSecret, ...CLIENT }))).toBe("not_found");
  });

  it("makes one account of two sign-ups at the same time", async () => {
    const both = await Promise.all([signUp(deps, ADA, IP), signUp(deps, ADA, IP)]);
    expect(both).toHaveLength(2);
    expect(await deps.db.select().from(user)).toHaveLength(1);
  });

  it("keeps only hashes of passwords and links", async () => {
    const { token } = await signUpAda();
    const [row] = await deps.db.select().from(emailToken);
    expect(JSON.stringify(row)).not.toContain(token);
    const stored = (await findUserByEmail(deps.db, ADA.email))?.passwordHash ?? "";
    expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await verifyPassword(stored, ADA.password)).toBe(true);
  });

  it.each([
    ["short", { password: "nine char" }],
    ["NUL", { password: "0123456789\0" }],
    ["too long", { password: "x".repeat(201) }],
    ["role", { role: "owner" }],
    ["organizationId", { organizationId: "org_x" }],
    ["name", { name: "a\nb" }],
    ["NUL in the address", { email: "a\0@example.com" }],
    ["two addresses", { email: "a@example.com, b@example.com" }],
  ])("refuses a sign-up with a wrong field: %s", (_, wrong) => {
    expect(signUpForm.safeParse({ ...ADA, ...wrong }).success).toBe(false);
  });
});

/** Harm: passwords guessed by the thousand, or a list of who has an account. */
describe("sign-in", () => {
  it("answers an unknown address and a wrong password alike", async () => {
    await confirmedAda();
    const answer = (form: { email: string; password: string }) =>
      signIn(deps, form, CLIENT).catch(({ code, message, metadata }) => ({ code, message, metadata }));
    expect(await answer({ email: ADA.email, password: "wrong password" })).toEqual(
      await answer({ email: "nobody@example.com", password: "wrong password" }),
    );
  });

  it("takes the time of a hash for an unknown address too", async () => {
    await confirmedAda();
    const median = async (email: string) => {
      const times: number[] = [];
      for (let round = 0; round < 7; round += 1) {
        const began = performance.now();
        await code(signIn(deps, { email, password: "wrong password" }, CLIENT));
        times.push(performance.now() - began);
      }
      return times.sort((a, b) => a - b)[3] ?? 0;
    };
    const known = await median(ADA.email);
    const unknown = await median("nobody@example.com");
    // A look-up alone takes a tenth of a hash.
    expect(unknown).toBeGreaterThan(known / 2);
    expect(known).toBeGreaterThan(unknown / 2);
  });

  it("tells the owner of an unconfirmed address what is missing, and nobody else", async () => {
    await signUpAda();
    const refusal = await signIn(deps, ADA, CLIENT).catch((error) => error);
    expect(refusal).toMatchObject({ code: "permission_denied", metadata: { reason: "email_not_verified" } });
    expect(await code(signIn(deps, { ...ADA, password: "wrong password" }, CLIENT))).toBe("unauthenticated");
    expect(await deps.db.select().from(userSession)).toHaveLength(0);
  });

  it("lets 100 guesses at once have ten tries at one account, from however many addresses", async () => {
    await confirmedAda();
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        code(
          signIn(
            deps,
            { email: ADA.email, password: `guess number ${index}` },
            { ip: `198.51.100.${index}`, userAgent: null },
          ),
        ),
      ),
    );
    expect(answers.filter((answer) => answer === "unauthenticated")).toHaveLength(10);
    expect(answers.filter((answer) => answer === "rate_limit_exceeded")).toHaveLength(90);
    // Even the right password waits now, or guessing would go on.
    const refusal = await signIn(deps, ADA, CLIENT).catch((error) => error);
    expect(refusal).toMatchObject({ code: "rate_limit_exceeded", retryAfterSeconds: 15 * 60 });
    deps.clock.advance(15 * MINUTE_MS);
    expect(await code(signIn(deps, ADA, CLIENT))).toBe("ok");
    expect(await code(signIn(deps, ADA, CLIENT))).toBe("ok");
  });

  it("slows one client down that guesses at many accounts", async () => {
    const answers: string[] = [];
    for (let index = 0; index < 55; index += 1)
      answers.push(
        await code(signIn(deps, { email: `u${index}@example.com`, password: "password12" }, CLIENT)),
      );
    expect(answers.slice(0, 50)).not.toContain("rate_limit_exceeded");
    expect(answers.slice(50)).toEqual(Array(5).fill("rate_limit_exceeded"));
    expect(
      await code(
        signIn(
          deps,
          { email: "u0@example.com", password: "password12" },
          { ip: "198.51.100.1", userAgent: null },
        ),
      ),
    ).toBe("unauthenticated");
    expect(JSON.stringify(await deps.db.select().from(signInAttempt))).not.toContain("example.com");
  });

  it("opens the throttled account to its owner by mail", async () => {
    await confirmedAda();
    for (let index = 0; index < 12; index += 1)
      await code(
        signIn(deps, { email: ADA.email, password: "guess" }, { ip: "198.51.100.1", userAgent: null }),
      );
    expect(await code(signIn(deps, ADA, CLIENT))).toBe("rate_limit_exceeded");
    await sendPasswordReset(deps, ADA.email);
    await resetPassword(deps, { token: tokenIn(deps.sent.at(-1)), password: "a new password" });
    expect(await code(signIn(deps, { email: ADA.email, password: "a new password" }, CLIENT))).toBe("ok");
  });

  it("limits the mails that can be sent to one address", async () => {
    const answers: string[] = [];
    for (let index = 0; index < 7; index += 1)
      answers.push(await code(signUp(deps, ADA, `198.51.100.${index}`)));
    expect(answers).toEqual(["ok", "ok", "ok", "ok", "ok", "rate_limit_exceeded", "rate_limit_exceeded"]);
  });
});

/** Harm: a session that goes on after its owner believes that it has ended. */
describe("sessions", () => {
  it("end on the server: a copy of the cookie is worth nothing after signing out", async () => {
    const first = await confirmedAda();
    const second = await signIn(deps, ADA, CLIENT);
    const [firstHeaders, secondHeaders] = [
      await sessionHeaders(deps, first),
      await sessionHeaders(deps, second),
    ];
    expect(second.sessionId).not.toBe(first.sessionId);
    await endSession(deps.db, first.sessionId, deps.clock);
    expect(await readActor(deps, firstHeaders)).toBeNull();
    expect((await readActor(deps, secondHeaders))?.userId).toBe(first.userId);
  });

  it("all end with a new password", async () => {
    const claims = await confirmedAda();
    const headers = await sessionHeaders(deps, claims);
    await sendPasswordReset(deps, ADA.email);
    await resetPassword(deps, { token: tokenIn(deps.sent.at(-1)), password: "a new password" });
    expect(await readActor(deps, headers)).toBeNull();
    expect(await code(signIn(deps, ADA, CLIENT))).toBe("unauthenticated");
  });

  it("are worth nothing when forged, foreign, raised or out of date", async () => {
    const claims = await confirmedAda();
    const { db, pool } = deps.database;
    const read = async (headers: Headers) => (await readActor(deps, headers))?.userId ?? null;
    const good = await sessionHeaders(deps, claims);
    expect(await read(good)).toBe(claims.userId);
    expect(await read(await sessionHeaders({ ...deps, authSecret: "another secret" }, claims))).toBeNull();
    expect(await read(await sessionHeaders(deps, { ...claims, sessionVersion: 1 }))).toBeNull();
    expect(await read(await sessionHeaders(deps, { ...claims, sessionId: "ses_x" }))).toBeNull();
    expect(await read(await sessionHeaders(deps, { ...claims, userId: "usr_x" }))).toBeNull();
    expect(await read(new Headers({ cookie: "dti-session=x" }))).toBeNull();
    const bearer = good.get("cookie")?.replace("dti-session=", "Bearer ") ?? "";
    expect(await read(new Headers({ authorization: bearer, "x-middleware-subrequest": "proxy" }))).toBeNull();
    await pool.query(`DELETE FROM member WHERE user_id = $1`, [claims.userId]);
    expect(await read(good)).toBeNull();
    expect(await db.select().from(userSession).where(eq(userSession.userId, claims.userId))).toHaveLength(1);
  });

  it("end by themselves after 30 days", async () => {
    const claims = await confirmedAda();
    const headers = await sessionHeaders(deps, claims);
    deps.clock.advance(30 * 24 * HOUR_MS);
    expect(await readActor(deps, headers)).toBeNull();
  });
});

/** Harm: an account taken over through an old, used or foreign link. */
describe("password reset", () => {
  it("mails nobody who has no account, and fails for nobody", async () => {
    await sendPasswordReset(deps, "nobody@example.com");
    await resendVerification(deps, "nobody@example.com");
    expect(deps.sent).toEqual([]);
  });

  it("works once, for an hour, and only the newest link", async () => {
    await confirmedAda();
    await sendPasswordReset(deps, ADA.email);
    const older = tokenIn(deps.sent.at(-1));
    await sendPasswordReset(deps, ADA.email);
    const newest = tokenIn(deps.sent.at(-1));
    const reset = (token: string) => code(resetPassword(deps, { token, password: "a new password" }));
    expect(await isResetLinkAlive(deps, older)).toBe(false);
    expect(await reset(older)).toBe("not_found");
    expect((await Promise.all([reset(newest), reset(newest)])).sort()).toEqual(["not_found", "ok"]);
    await sendPasswordReset(deps, ADA.email);
    deps.clock.advance(HOUR_MS);
    expect(await reset(tokenIn(deps.sent.at(-1)))).toBe("not_found");
  });

  it("does not take a link that was made to confirm an address", async () => {
    const { token } = await signUpAda();
    expect(await code(resetPassword(deps, { token, password: "a new password" }))).toBe("not_found");
  });

  it("proves the address, and ends the sign-up link of whoever typed it first", async () => {
    const attacker = await signUpAda({ ...ADA, password: "mallory's password" });
    await sendPasswordReset(deps, ADA.email);
    await resetPassword(deps, { token: tokenIn(deps.sent.at(-1)), password: "a new password" });
    expect(await code(signIn(deps, { email: ADA.email, password: "a new password" }, CLIENT))).toBe("ok");
    const { token, browserSecret } = attacker;
    expect(await code(confirmEmail(deps, { token }, { browserSecret, ...CLIENT }))).toBe("not_found");
  });
});
