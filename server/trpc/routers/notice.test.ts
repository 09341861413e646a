// Harm prevented: a team that learns of a suspension or an empty balance from its own customers, behind a lesser notice.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { suspendOrganization } from "@/server/organizations";
import { type TrpcFixture, trpcFixture } from "../fixtures";
import { chooseNotice } from "./notice";

const USD = 1_000_000_000n;
const calm = {
  organization: { status: "active", suspendedFor: null },
  balance: { totalNanoUsd: 100n * USD, availableNanoUsd: 90n * USD, debtNanoUsd: 0n },
  runway: { days: null },
  hasBegun: true,
  out: [],
} as const;
const withMoney = (totalNanoUsd: bigint) => ({
  ...calm.balance,
  totalNanoUsd,
  availableNanoUsd: totalNanoUsd,
});

describe("the notice", () => {
  it("is the worst that is true: suspended, empty, low, incident", () => {
    const bad = { ...calm, out: ["b", "a", "b"] };
    expect(chooseNotice(calm)).toBeNull();
    expect(chooseNotice(bad)).toEqual({ kind: "incident", providers: ["a", "b"] });
    expect(chooseNotice({ ...bad, runway: { days: 2.9 } })).toMatchObject({ kind: "low", days: 2.9 });
    expect(chooseNotice({ ...bad, balance: withMoney(4n * USD) })).toMatchObject({ kind: "low" });
    const empty = { ...bad, balance: withMoney(0n) };
    expect(chooseNotice(empty)).toMatchObject({ kind: "empty" });
    expect(
      chooseNotice({ ...empty, organization: { status: "suspended", suspendedFor: "dispute" } }),
    ).toEqual({
      kind: "suspended",
      suspendedFor: "dispute",
    });
  });

  it("does not speak of an empty balance to who has only just come", () => {
    expect(chooseNotice({ ...calm, balance: withMoney(0n), hasBegun: false })).toBeNull();
  });
});

describe("overview.notice", () => {
  let site: TrpcFixture;
  beforeAll(async () => {
    site = await trpcFixture();
  });
  afterAll(() => site.database.close());

  it("tells every member of a suspension", async () => {
    const owner = await site.person();
    const viewer = await site.person({ role: "viewer", organizationId: owner.organizationId });
    expect((await site.call("overview.notice", undefined, viewer.headers)).data).toBeNull();
    await site.services.db.transaction((tx) =>
      suspendOrganization(tx, site.clock, {
        organizationId: owner.organizationId,
        by: { kind: "operator", id: null, label: "Olga", ip: null },
        reason: "a test",
        for: "operator",
      }),
    );
    expect((await site.call("overview.notice", undefined, viewer.headers)).data).toEqual({
      kind: "suspended",
      suspendedFor: "operator",
    });
  });
});
