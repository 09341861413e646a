// Harm prevented: a stolen password that opens an account with two-factor sign-in; an owner who is locked out by guesses.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Person, type TrpcFixture, trpcFixture, withTwoFactor } from "@/server/trpc/fixtures";
import { signIn } from "./sign-in";

const PASSWORD = "correct horse battery";
const CLIENT = { ip: "192.0.2.1", userAgent: null };

let site: TrpcFixture;
beforeAll(async () => {
  site = await trpcFixture();
});
afterAll(() => site.database.close());

const emailOf = ({ userId }: Person) => `${userId}@example.com`;
const enter = (person: Person, code?: string, password = PASSWORD) =>
  signIn(
    site.services,
    { email: emailOf(person), password, ...(code === undefined ? {} : { code }) },
    CLIENT,
  ).then(
    () => "ok",
    (error) => error.metadata.reason ?? error.code,
  );

describe("two-factor sign-in", () => {
  it("asks for a code after the right password, and takes each code once", async () => {
    const ada = await site.person();
    const { code } = await withTwoFactor(site, ada, PASSWORD);
    expect(await enter(ada)).toBe("two_factor_required");
    expect(await enter(ada, "000000")).toBe("two_factor_wrong");
    const now = code();
    expect(await enter(ada, now)).toBe("ok");
    expect(await enter(ada, now)).toBe("two_factor_wrong");
    expect(await enter(ada, code(), "a wrong password")).toBe("unauthenticated");
  });

  it("lets one of two sign-ins with one code in", async () => {
    const ada = await site.person();
    const { code } = await withTwoFactor(site, ada, PASSWORD);
    const now = code();
    const both = await Promise.all([enter(ada, now), enter(ada, now)]);
    expect(both.sort()).toEqual(["ok", "two_factor_wrong"]);
  });

  it("takes a recovery code once, however it is typed", async () => {
    const ada = await site.person();
    const { recoveryCodes } = await withTwoFactor(site, ada, PASSWORD);
    const [first = "", second = ""] = recoveryCodes;
    expect(await enter(ada, first.toUpperCase().replaceAll("-", " "))).toBe("ok");
    expect(await enter(ada, first)).toBe("two_factor_wrong");
    expect(await enter(ada, second)).toBe("ok");
    const { rows } = await site.database.pool.query("SELECT code_hash FROM recovery_code");
    expect(JSON.stringify(rows)).not.toContain(second.replaceAll("-", ""));
  });

  it("stops guesses of the code", async () => {
    const ada = await site.person();
    const { code } = await withTwoFactor(site, ada, PASSWORD);
    for (let guess = 0; guess < 10; guess += 1) await enter(ada, String(100_000 + guess));
    expect(await enter(ada, code())).toBe("rate_limit_exceeded");
  });

  it("lets the owner in by a code while guesses of the password have closed the account", async () => {
    const ada = await site.person();
    const { code } = await withTwoFactor(site, ada, PASSWORD);
    for (let guess = 0; guess < 11; guess += 1) await enter(ada, undefined, `guess ${guess}`);
    expect(await enter(ada)).toBe("rate_limit_exceeded");
    expect(await enter(ada, code())).toBe("ok");
  });

  it("is turned off only with the password and a code", async () => {
    const ada = await site.person();
    const { code, recoveryCodes } = await withTwoFactor(site, ada, PASSWORD);
    const off = async (password: string, with_: string) =>
      (await site.call("account.disableTwoFactor", { password, code: with_ }, ada.headers)).code;
    expect(await off("wrong", code())).toBe("permission_denied");
    expect(await off(PASSWORD, "123456")).toBe("permission_denied");
    expect(await off(PASSWORD, recoveryCodes[0] ?? "")).toBe("ok");
    expect(await enter(ada)).toBe("ok");
  });

  it("is not begun with a stolen session alone, nor replaced once it is on", async () => {
    const ada = await site.person();
    const begin = async (password: string) =>
      (await site.call("account.beginTwoFactor", { password }, ada.headers)).code;
    expect(await begin("wrong")).toBe("permission_denied");
    await withTwoFactor(site, ada, PASSWORD);
    expect(await begin(PASSWORD)).toBe("conflict");
  });
});

describe("a team that requires it", () => {
  it("shows members without it nothing but the way to set it up", async () => {
    const owner = await site.person();
    const policy = (await site.call("organization.policy", undefined, owner.headers)).data as object;
    const demand = { policy: { ...policy, requireTwoFactor: true } };
    expect((await site.call("organization.writePolicy", demand, owner.headers)).code).toBe("conflict");
    await withTwoFactor(site, owner, PASSWORD);
    expect((await site.call("organization.writePolicy", demand, owner.headers)).code).toBe("ok");
    const member = await site.person({ role: "admin", organizationId: owner.organizationId });
    const refused = await site.call("keys.list", undefined, member.headers);
    expect(refused).toMatchObject({ code: "permission_denied", metadata: { reason: "two_factor_required" } });
    expect((await site.call("organization.mine", undefined, member.headers)).code).toBe("ok");
    await withTwoFactor(site, member, PASSWORD);
    expect((await site.call("keys.list", undefined, member.headers)).code).toBe("ok");
  });
});
