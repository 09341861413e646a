// Harm prevented: a year, a code or a share of the money that an operator promises without a trace or beyond its bounds; and
// a person who is kept out and still acts.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signIn } from "@/server/auth/sign-in";
import { partnerText, STANDARD_RULES } from "@/server/billing/partners/terms";
import type { Person } from "@/server/trpc/fixtures";
import { type OperatorFixture, operatorFixture } from "./fixtures";

let own: OperatorFixture;
let site: OperatorFixture["site"];
let customer: Person;
const call: OperatorFixture["call"] = (...asked) => own.call(...asked);
const data: OperatorFixture["data"] = (...asked) => own.data(...asked);
const act: OperatorFixture["act"] = (...asked) => own.act(...asked);
const traces = () => own.traces();

beforeAll(async () => {
  own = await operatorFixture();
  ({ site, customer } = own);
});
afterAll(() => site.database.close());

describe("money", () => {
  it("is committed by the year: quoted, found, taken back with a reason, refused for terms that do not add up", async () => {
    const { organizationId } = customer;
    const terms = {
      organizationId,
      yearlyUsd: "24000",
      discountPercent: "7.5",
      schedule: "monthly",
      slaTier: "priority",
      validDays: "30",
      note: "",
    };
    for (const wrong of [
      { yearlyUsd: "a lot" },
      { yearlyUsd: "24001" },
      { validDays: "91" },
      { discountPercent: "ten" },
    ])
      expect((await call("commitments.quote", { ...terms, ...wrong })).code).toBe("invalid_request");
    expect((await call("commitments.quote", { ...terms, organizationId: "org_none" })).code).toBe(
      "not_found",
    );
    const { id: commitmentId } = await act("commitments.quote", terms, "commitment.quoted");
    const open = { kind: "quoted", text: organizationId };
    expect((await data("commitments.list", open)).commitments).toMatchObject([
      { id: commitmentId, discountBasisPoints: 750, isLapsed: false, standing: null },
    ]);
    const end = { commitmentId, isImmediate: false, reason: "Another offer follows" };
    expect((await call("commitments.cancel", { ...end, reason: " " })).code).toBe("invalid_request");
    await act("commitments.cancel", end, "commitment.withdrawn");
    expect((await traces())[0]?.after).toMatchObject({ reason: end.reason });
    expect((await data("commitments.list", open)).commitments).toEqual([]);
    expect((await data("commitments.list", { ...open, kind: "over" })).commitments).toHaveLength(1);
    expect((await call("commitments.cancel", end)).code).toBe("conflict");
  });

  it("is promised by codes: made with a limit and a last day, listed by state, ended for good", async () => {
    const promotion = {
      code: "Launch-26",
      amountUsd: "12.50",
      creditDays: "30",
      maxRedemptions: "2",
      lastDay: new Date(site.clock.nowMs() + 5 * 86_400_000).toISOString().slice(0, 10),
      maxOrganizationAgeDays: "",
      note: "",
    };
    const made = await act("promotions.create", promotion, "promotion.created");
    expect(made).toMatchObject({ code: "LAUNCH-26", maxRedemptions: 2, maxOrganizationAgeDays: null });
    expect((await call("promotions.create", promotion)).code).toBe("conflict");
    for (const wrong of [
      { lastDay: "2020-01-01" },
      { lastDay: "" },
      { maxRedemptions: "0" },
      { amountUsd: "-1" },
    ])
      expect((await call("promotions.create", { ...promotion, code: "", ...wrong })).code).toBe(
        "invalid_request",
      );
    const states = async () =>
      ((await data("promotions.list", {})).promotions as { code: string; state: string }[]).map(
        ({ code, state }) => [code, state],
      );
    expect(await states()).toEqual([["LAUNCH-26", "running"]]);
    await act("promotions.end", { code: "launch-26" }, "promotion.ended");
    expect(await states()).toEqual([["LAUNCH-26", "ended"]]);
    expect((await call("promotions.end", { code: "launch-26" })).code).toBe("not_found");
    const redeemed = await site.call("promotions.redeem", { code: "launch-26" }, customer.headers);
    expect(redeemed.code).toBe("not_found");
  });

  it("is earned by partners under rules that change for what comes, within bounds", async () => {
    const { organizationId } = customer;
    const rules = {
      ...{ organizationId, commissionPercent: "12.5", commissionMonths: "6", holdDays: "0" },
      isActive: false,
    };
    expect((await call("partners.change", rules)).code).toBe("not_found");
    const consent = partnerText(STANDARD_RULES);
    expect((await site.call("partner.join", { consent }, customer.headers)).code).toBe("ok");
    for (const wrong of [{ commissionPercent: "51" }, { commissionMonths: "121" }, { holdDays: "366" }])
      expect((await call("partners.change", { ...rules, ...wrong })).code).toBe("invalid_request");
    await act("partners.change", rules, "partner.changed");
    expect((await data("partners.list", { text: organizationId })).partners).toMatchObject([
      {
        ...{
          organizationId,
          commissionBasisPoints: 1_250,
          commissionMonths: 6,
          holdDays: 0,
          isActive: false,
        },
        ...{ referrals: 0, hasStripeAccount: false, standing: { availableNanoUsd: 0n } },
      },
    ]);
  });
});

describe("people", () => {
  it("closed their organization for good: an operator does not resume it, and a suspension does not hide that", async () => {
    const leaver = await site.person();
    const { organizationId } = leaver;
    const wish = { password: "correct horse battery", code: "", givesUpBalance: true };
    const gone = await site.call("ownData.deleteAccount", wish, leaver.headers);
    expect(gone.code).toBe("ok");
    expect(await data("people.suspend", { organizationId, reason: "Late" })).toBe(false);
    expect(await call("people.resume", { organizationId, reason: "They ask for it" })).toMatchObject({
      code: "conflict",
      metadata: { reason: "closed_by_owner" },
    });
    expect(await data("people.organization", { organizationId })).toMatchObject({
      ...{ status: "suspended", suspendedFor: "closed", members: [] },
    });
    for (const path of ["people.signOut", "people.suspendUser", "people.unsuspendUser"])
      expect((await call(path, { userId: leaver.userId, reason: "Late" })).code).toBe("not_found");
  });

  it("are suspended: out at the next call, their own keys stop everywhere, service accounts go on, and back with new keys", async () => {
    const boss = await site.person();
    const { organizationId } = boss;
    const worker = await site.person({ role: "developer", organizationId });
    const ask = async (path: string, input: unknown, by: Person) =>
      (await site.call(path, input, by.headers)).data as Record<string, unknown>;
    const projects = (await ask("organization.projects", undefined, boss)) as unknown as { id: string }[];
    const place = { projectId: projects[0]?.id, name: "Key" };
    const { id: serviceAccountId } = await ask("organization.createServiceAccount", { name: "Robot" }, boss);
    await ask("keys.create", place, worker);
    await ask("keys.create", { ...place, serviceAccountId }, boss);
    await ask("keys.create", place, boss);
    const states = async () =>
      ((await ask("keys.list", undefined, boss)) as unknown as { status: string }[])
        .map(({ status }) => status)
        .sort();
    expect(await states()).toEqual(["active", "active", "active"]);
    const why = { userId: worker.userId, reason: "Stolen laptop" };
    expect(await act("people.suspendUser", why, "user.suspended")).toBe(true);
    expect((await traces())[0]?.after).toMatchObject({
      reason: "Stolen laptop",
      revokedKeys: 1,
      sessions: 1,
    });
    expect(await data("people.suspendUser", why)).toBe(false);
    expect((await site.call("keys.list", undefined, worker.headers)).code).toBe("unauthenticated");
    expect(await states()).toEqual(["active", "active", "revoked"]);
    const signingIn = () =>
      signIn(
        site.services,
        { email: `${worker.userId}@example.com`, password: "correct horse battery" },
        { ip: "203.0.113.9", userAgent: null },
      );
    await expect(signingIn()).rejects.toMatchObject({
      code: "permission_denied",
      metadata: { reason: "account_suspended" },
    });
    expect(await act("people.unsuspendUser", why, "user.unsuspended")).toBe(true);
    expect(await data("people.unsuspendUser", why)).toBe(false);
    expect((await signingIn()).userId).toBe(worker.userId);
    expect(await states()).toEqual(["active", "active", "revoked"]);
    expect((await call("people.suspendUser", { userId: own.ada.userId, reason: "Oops" })).code).toBe(
      "conflict",
    );
  });
});
