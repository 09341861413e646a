// Harm prevented: a partner who earns nothing for whom they referred, or something for whom they did not.
import { afterAll, beforeAll, expect, it } from "vitest";
import { partnerText, STANDARD_RULES } from "@/server/billing/partners/terms";
import { type TrpcFixture, trpcFixture } from "../fixtures";

let site: TrpcFixture;
beforeAll(async () => {
  site = await trpcFixture();
});
afterAll(() => site.database.close());

const signUp = (email: string, cookie?: string) => {
  const headers = new Headers({ origin: site.services.appUrl });
  if (cookie) headers.set("cookie", cookie);
  const input = { name: "Guest", email, password: "a few words are better" };
  return site.call("account.signUp", input, headers);
};
const referrals = async () =>
  (
    await site.database.pool.query<{ email: string; partner: string }>(
      `SELECT u.email, r.partner_organization_id AS partner FROM referral r
        JOIN member m ON m.organization_id = r.organization_id JOIN "user" u ON u.id = m.user_id ORDER BY u.email`,
    )
  ).rows;

it("keeps who referred a new organization at its sign-up, and nothing of an old one or a made-up code", async () => {
  const partner = await site.person();
  const consent = partnerText(STANDARD_RULES);
  const { data } = await site.call("partner.join", { consent }, partner.headers);
  const { code } = data as { code: string };
  expect((await signUp("referred@example.com", `dti-referral=${code}`)).code).toBe("ok");
  expect((await signUp("alone@example.com")).code).toBe("ok");
  expect((await signUp("odd@example.com", "dti-referral=%27;DROP TABLE partner")).code).toBe("ok");
  // Again, with the same address: the first word counts.
  expect((await signUp("alone@example.com", `dti-referral=${code}`)).code).toBe("ok");
  expect(await referrals()).toEqual([{ email: "referred@example.com", partner: partner.organizationId }]);
});

it("shows a partner's own figures, and that there is none otherwise", async () => {
  const other = await site.person();
  const view = await site.call("partner.view", undefined, other.headers);
  expect(view.data).toEqual({ partner: null, stripePayouts: false });
  expect((await site.call("partner.request", { amountUsd: "50" }, other.headers)).code).toBe("not_found");
  expect((await site.call("partner.convert", { amountUsd: "-5" }, other.headers)).code).toBe(
    "invalid_request",
  );
});
