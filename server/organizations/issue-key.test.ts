// Harm prevented: a key made by somebody who must not make one, or that outlives what the organization allows.
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Person, type TrpcFixture, trpcFixture } from "@/server/trpc/fixtures";

const DAY_MS = 86_400_000;
/** Beyond today by the database's clock too, which is not the test's. */
const LONGEST_DAYS = 3_650;
let site: TrpcFixture;
beforeAll(async () => {
  site = await trpcFixture();
});
afterAll(() => site.database.close());

async function setKeyRules(owner: Person, keys: Record<string, unknown>) {
  const policy = (await site.call("organization.policy", undefined, owner.headers)).data as { keys: object };
  const changed = { ...policy, keys: { ...policy.keys, ...keys } };
  expect((await site.call("organization.writePolicy", { policy: changed }, owner.headers)).code).toBe("ok");
}
const create = (who: Person, input: Record<string, unknown> = {}) =>
  site.call("keys.create", { name: "k", ...input }, who.headers);

it("lets only the roles of the policy make keys", async () => {
  const owner = await site.person();
  const developer = await site.person({ role: "developer", organizationId: owner.organizationId });
  expect((await create(developer)).code).toBe("ok");
  await setKeyRules(owner, { mayCreate: ["owner", "admin"] });
  expect(await create(developer)).toMatchObject({ code: "permission_denied" });
  expect((await create(owner)).code).toBe("ok");
});

it("gives a key no longer life than the policy allows, also when none was asked for", async () => {
  const owner = await site.person();
  await setKeyRules(owner, { maxLifetimeDays: LONGEST_DAYS });
  const latest = new Date(site.clock.nowMs() + LONGEST_DAYS * DAY_MS);
  expect((await create(owner)).data).toMatchObject({ key: { expiresAt: latest } });
  const tooLate = new Date(latest.getTime() + 1);
  expect(await create(owner, { expiresAt: tooLate })).toMatchObject({ code: "invalid_request" });
  expect((await create(owner, { expiresAt: latest })).code).toBe("ok");
});

it("makes keys only in projects and for service accounts of its own organization", async () => {
  const [owner, stranger] = [await site.person(), await site.person()];
  const made = async (path: string, of: Person) =>
    ((await site.call(path, { name: "Batch" }, of.headers)).data as { id: string }).id;
  const foreign = {
    projectId: await made("organization.createProject", stranger),
    serviceAccountId: await made("organization.createServiceAccount", stranger),
  };
  expect((await create(owner, { projectId: foreign.projectId })).code).toBe("not_found");
  expect((await create(owner, { serviceAccountId: foreign.serviceAccountId })).code).toBe("not_found");
  const serviceAccountId = await made("organization.createServiceAccount", owner);
  const { data } = await create(owner, { serviceAccountId });
  expect(data).toMatchObject({ key: { serviceAccountId, memberId: null } });
});
