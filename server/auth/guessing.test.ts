// Harm prevented: a password, a second factor, a recovery code or a promotion's code that is found by trying a thousand.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPromotion } from "@/server/billing";
import { type Person, type TrpcFixture, trpcFixture, withTwoFactor } from "@/server/trpc/fixtures";
import { resetPassword, sendPasswordReset } from "./reset-password";
import { signIn } from "./sign-in";

const GUESSES = 1_000;
const PASSWORD = "correct horse battery";
const WINDOW_MS = 15 * 60_000;
const TOO_MANY = "rate_limit_exceeded";

let site: TrpcFixture;
beforeAll(async () => {
  site = await trpcFixture();
});
afterAll(() => site.database.close());

const emailOf = ({ userId }: Person) => `${userId}@example.com`;
const addressOf = (index: number) => `198.18.${Math.floor(index / 250)}.${1 + (index % 250)}`;
const countOf = (answers: readonly string[], answer: string) =>
  answers.filter((one) => one === answer).length;

interface Try {
  readonly email: string;
  readonly password: string;
  readonly code?: string;
  readonly ip?: string;
}

const enter = ({ ip = "192.0.2.1", ...form }: Try) =>
  signIn(site.services, form, { ip, userAgent: null }).then(
    () => "ok",
    (error) => error.metadata.reason ?? error.code,
  );

/** As many at once as an attacker likes. */
function aThousand(guess: (index: number) => Promise<string>): Promise<readonly string[]> {
  return Promise.all(Array.from({ length: GUESSES }, (_, index) => guess(index)));
}

describe("a thousand guesses at sign-in", () => {
  it("of one account's password, each from an address of its own: ten are looked at", async () => {
    const ada = await site.person();
    const email = emailOf(ada);
    const answers = await aThousand((index) =>
      enter({ email, password: `guess number ${index}`, ip: addressOf(index) }),
    );
    expect(countOf(answers, "unauthenticated")).toBe(10);
    expect(countOf(answers, TOO_MANY)).toBe(990);
    expect(await enter({ email, password: PASSWORD })).toBe(TOO_MANY);
    // The owner does not wait: a new password by mail opens the account at once.
    await sendPasswordReset(site.services, email);
    const token = /token=([\w-]+)/.exec(site.sent.at(-1)?.text ?? "")?.[1] ?? "";
    await resetPassword(site.services, { token, password: "quite another sentence" });
    expect(await enter({ email, password: "quite another sentence" })).toBe("ok");
  });

  it("one at each of a thousand accounts, from one address: fifty are looked at", async () => {
    const ip = "203.0.113.77";
    const answers = await aThousand((index) =>
      enter({ email: `u${index}@example.com`, password: "password12", ip }),
    );
    expect(countOf(answers, "unauthenticated")).toBe(50);
    expect(countOf(answers, TOO_MANY)).toBe(950);
    // Whoever shares neither address nor account with the guesser is let in.
    expect(await enter({ email: emailOf(await site.person()), password: PASSWORD })).toBe("ok");
  });

  it.each([
    ["of the code of the phone", (index: number) => String(index).padStart(6, "0")],
    ["of a recovery code", (index: number) => index.toString(16).padStart(16, "0")],
  ])("%s, by somebody who knows the password: ten are looked at", async (_, guess) => {
    const ada = await site.person();
    const email = emailOf(ada);
    const { code, recoveryCodes } = await withTwoFactor(site, ada, PASSWORD);
    const answers = await aThousand((index) =>
      enter({ email, password: PASSWORD, code: guess(index), ip: addressOf(index) }),
    );
    expect(countOf(answers, "two_factor_wrong")).toBe(10);
    expect(countOf(answers, TOO_MANY)).toBe(990);
    // Right ones wait as well: whoever is told "too many" learns nothing about the code they tried.
    expect(await enter({ email, password: PASSWORD, code: recoveryCodes[0] ?? "" })).toBe(TOO_MANY);
    site.clock.advance(WINDOW_MS);
    expect(await enter({ email, password: PASSWORD, code: code() })).toBe("ok");
    expect(await enter({ email, password: PASSWORD, code: recoveryCodes[0] ?? "" })).toBe("ok");
  });

  it("of the code by a stolen session that wants to turn it off: ten are looked at", async () => {
    const ada = await site.person();
    const { code } = await withTwoFactor(site, ada, PASSWORD);
    const off = async (guess: string) =>
      (await site.call("account.disableTwoFactor", { password: PASSWORD, code: guess }, ada.headers)).code;
    const answers = await aThousand((index) => off(String(index).padStart(6, "0")));
    expect(countOf(answers, "permission_denied")).toBe(10);
    expect(countOf(answers, TOO_MANY)).toBe(990);
    expect(await off(code())).toBe(TOO_MANY);
  });
});

describe("a thousand guesses at the code of a promotion", () => {
  const redeem = async ({ headers }: Person, code: string) =>
    (await site.call("promotions.redeem", { code }, headers)).code;

  it("by one person: ten are looked at, and a right one after them is not", async () => {
    const ada = await site.person();
    const { code } = await createPromotion(site.database.db, site.clock, {
      code: null,
      amountNanoUsd: 5_000_000_000n,
      creditDays: 30,
      maxRedemptions: 10,
      redeemableUntil: new Date(site.clock.nowMs() + 3_600_000_000),
      maxOrganizationAgeDays: null,
      note: null,
      by: { kind: "operator", id: null, label: "Operator", ip: null },
    });
    const answers = await aThousand((index) => redeem(ada, `GUESS-${index}`));
    expect(countOf(answers, "not_found")).toBe(10);
    expect(countOf(answers, TOO_MANY)).toBe(990);
    expect(await redeem(ada, code)).toBe(TOO_MANY);
    site.clock.advance(4 * WINDOW_MS);
    expect(await redeem(ada, code)).toBe("ok");
  });

  it("by twenty persons at one address: thirty are looked at", async () => {
    site.clock.advance(4 * WINDOW_MS);
    const persons = await Promise.all(Array.from({ length: 20 }, () => site.person()));
    const answers = await aThousand((index) => {
      const person = persons[index % persons.length];
      return person ? redeem(person, `GUESS-${index}`) : Promise.reject(new Error("nobody"));
    });
    expect(countOf(answers, "not_found")).toBe(30);
    expect(countOf(answers, TOO_MANY)).toBe(970);
  });
});
