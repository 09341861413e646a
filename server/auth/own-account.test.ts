// Harm prevented: somebody who stole a cookie stays in after the owner changed the password or signed out everywhere.
import { afterAll, beforeAll, expect, it } from "vitest";
import { type TrpcFixture, trpcFixture } from "@/server/trpc/fixtures";

const OLD = "correct horse battery";
const NEW = "a new pass phrase";

let site: TrpcFixture;
beforeAll(async () => {
  site = await trpcFixture();
});
afterAll(() => site.database.close());

it("changes the password only by the old one, and ends every session", async () => {
  const { headers } = await site.person();
  const wrong = await site.call("account.changePassword", { current: "wrong", password: NEW }, headers);
  expect(wrong).toMatchObject({ code: "permission_denied" });
  expect((await site.call("account.profile", undefined, headers)).code).toBe("ok");
  expect(await site.call("account.changePassword", { current: OLD, password: NEW }, headers)).toMatchObject({
    code: "ok",
  });
  expect((await site.call("account.profile", undefined, headers)).code).toBe("unauthenticated");
});

it("slows guesses of the password by a stolen session", async () => {
  const { headers } = await site.person();
  for (let guess = 0; guess < 10; guess += 1)
    await site.call("account.changePassword", { current: `guess ${guess}`, password: NEW }, headers);
  expect(await site.call("account.changePassword", { current: OLD, password: NEW }, headers)).toMatchObject({
    code: "rate_limit_exceeded",
  });
});

it("ends one session of one's own, and nobody else's", async () => {
  const ada = await site.person();
  const eve = await site.person();
  const { data } = await site.call("account.sessions", undefined, ada.headers);
  const [session] = data as { id: string; isCurrent: boolean }[];
  expect(session?.isCurrent).toBe(true);
  const input = { session: session?.id ?? "" };
  expect(await site.call("account.endSession", input, eve.headers)).toMatchObject({ code: "not_found" });
  expect((await site.call("account.profile", undefined, ada.headers)).code).toBe("ok");
  expect((await site.call("account.endSession", input, ada.headers)).code).toBe("ok");
  expect((await site.call("account.profile", undefined, ada.headers)).code).toBe("unauthenticated");
});

it("signs out everywhere", async () => {
  const { headers } = await site.person();
  expect((await site.call("account.endSessions", { everywhere: true }, headers)).code).toBe("ok");
  expect((await site.call("account.profile", undefined, headers)).code).toBe("unauthenticated");
});
