// Harm prevented: somebody who gives themselves rights, an organization without an owner, keys that outlive their member.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifyChain } from "@/server/audit";
import { type Person, type TrpcFixture, trpcFixture } from "@/server/trpc/fixtures";

let site: TrpcFixture;
beforeAll(async () => {
  site = await trpcFixture();
});
afterAll(() => site.database.close());

interface MemberView {
  readonly id: string;
  readonly userId: string;
  readonly role: string;
}
const members = async (of: Person) =>
  ((await site.call("members.list", undefined, of.headers)).data as { members: MemberView[] }).members;
const memberIdOf = async (viewer: Person, person: Person) =>
  (await members(viewer)).find(({ userId }) => userId === person.userId)?.id ?? "";
const code = async (path: string, input: unknown, who: Person) =>
  (await site.call(path, input, who.headers)).code;

/** The secret of the newest invitation mail. */
async function secretOfMail(): Promise<string> {
  await site.settle();
  const mail = site.sent.at(-1);
  return /token=([\w-]+)/.exec(mail?.text ?? "")?.[1] ?? "";
}

async function team() {
  const owner = await site.person();
  const made = await site.call("organization.create", { name: "Team" }, owner.headers);
  const { organizationId } = made.data as { organizationId: string };
  return { owner: { ...owner, organizationId }, organizationId };
}

describe("invitations", () => {
  it("bring in exactly the invited person, once", async () => {
    const { owner, organizationId } = await team();
    const [guest, thief] = [await site.person(), await site.person()];
    const input = { email: `${guest.userId}@example.com`.toUpperCase(), role: "developer" };
    expect(await code("members.invite", input, owner)).toBe("ok");
    expect(await code("members.invite", input, owner)).toBe("conflict");
    const token = await secretOfMail();
    expect(await code("members.acceptInvitation", { token }, thief)).toBe("permission_denied");
    const both = await Promise.all([1, 2].map(() => code("members.acceptInvitation", { token }, guest)));
    expect(both.sort()).toEqual(["not_found", "ok"]);
    expect(await code("members.acceptInvitation", { token }, guest)).toBe("not_found");
    const mine = await site.call("organization.mine", undefined, guest.headers);
    expect(mine.data).toMatchObject({ currentId: organizationId });
    expect(await members(owner)).toMatchObject([{ role: "owner" }, { role: "developer" }]);
  });

  it("do not work once expired, revoked or replaced", async () => {
    const { owner } = await team();
    const guest = await site.person();
    const made = await site.call(
      "members.invite",
      { email: `${guest.userId}@example.com`, role: "viewer" },
      owner.headers,
    );
    const { id: invitationId } = made.data as { id: string };
    const first = await secretOfMail();
    expect(await code("members.resendInvitation", { invitationId }, owner)).toBe("ok");
    const second = await secretOfMail();
    expect(await code("members.acceptInvitation", { token: first }, guest)).toBe("not_found");
    site.clock.advance(7 * 86_400_000);
    expect((await site.call("members.invitation", { token: second }, guest.headers)).data).toBeNull();
    expect(await code("members.acceptInvitation", { token: second }, guest)).toBe("not_found");
    expect(await code("members.resendInvitation", { invitationId }, owner)).toBe("ok");
    const third = await secretOfMail();
    expect(await code("members.revokeInvitation", { invitationId }, owner)).toBe("ok");
    expect(await code("members.acceptInvitation", { token: third }, guest)).toBe("not_found");
  });
});

describe("roles", () => {
  it("cannot be raised above one's own, by changing, inviting or removing", async () => {
    const { owner, organizationId } = await team();
    const admin = await site.person({ role: "admin", organizationId });
    const viewer = await site.person({ role: "viewer", organizationId });
    const [ownerId, adminId, viewerId] = [
      await memberIdOf(owner, owner),
      await memberIdOf(owner, admin),
      await memberIdOf(owner, viewer),
    ];
    await site.call("organization.switch", { organization: organizationId }, admin.headers);
    expect(await code("members.changeRole", { memberId: adminId, role: "owner" }, admin)).toBe(
      "permission_denied",
    );
    expect(await code("members.changeRole", { memberId: ownerId, role: "viewer" }, admin)).toBe(
      "permission_denied",
    );
    expect(await code("members.invite", { email: "x@example.com", role: "owner" }, admin)).toBe(
      "permission_denied",
    );
    expect(await code("members.remove", { memberId: ownerId, keysToServiceAccountId: null }, admin)).toBe(
      "permission_denied",
    );
    expect(await code("members.changeRole", { memberId: viewerId, role: "admin" }, admin)).toBe("ok");
    expect(await code("members.transferOwnership", { memberId: adminId }, admin)).toBe("permission_denied");
  });

  it("leave an organization with an owner, also when two of them go at once", async () => {
    const { owner, organizationId } = await team();
    const second = await site.person({ role: "owner", organizationId });
    await site.call("organization.switch", { organization: organizationId }, second.headers);
    const answers = await Promise.all(
      [owner, second].map((who) => code("members.leave", { organization: organizationId }, who)),
    );
    expect(answers.sort()).toEqual(["conflict", "ok"]);
  });

  it("change with a transfer, in one step", async () => {
    const { owner, organizationId } = await team();
    const next = await site.person({ role: "viewer", organizationId });
    const memberId = await memberIdOf(owner, next);
    expect(await code("members.transferOwnership", { memberId }, owner)).toBe("ok");
    expect(await members(owner)).toMatchObject([{ role: "admin" }, { role: "owner" }]);
    expect(await code("members.transferOwnership", { memberId }, owner)).toBe("permission_denied");
  });
});

describe("keys of a member who goes", () => {
  const keyOf = async (who: Person) =>
    ((await site.call("keys.create", { name: "Theirs" }, who.headers)).data as { key: { id: string } }).key
      .id;
  const statusOf = async (owner: Person, keyId: string) =>
    ((await site.call("keys.list", undefined, owner.headers)).data as { id: string; status: string }[]).find(
      ({ id }) => id === keyId,
    )?.status;

  /** Webhooks hear of each key that stops, however it stops. */
  const revocationsOf = async (keyId: string) => {
    const { rowCount } = await site.database.pool.query(
      "SELECT 1 FROM event WHERE type = 'key.revoked' AND data->>'key_id' = $1",
      [keyId],
    );
    return rowCount;
  };

  it("stop, or go on under a service account, and the member is out at the next call", async () => {
    const { owner, organizationId } = await team();
    for (const moves of [false, true]) {
      const leaver = await site.person({ role: "developer", organizationId });
      await site.call("organization.switch", { organization: organizationId }, leaver.headers);
      const keyId = await keyOf(leaver);
      const account = await site.call(
        "organization.createServiceAccount",
        { name: `Bot ${moves}` },
        owner.headers,
      );
      const keysToServiceAccountId = moves ? (account.data as { id: string }).id : null;
      const memberId = await memberIdOf(owner, leaver);
      expect(await code("members.remove", { memberId, keysToServiceAccountId }, owner)).toBe("ok");
      expect(await statusOf(owner, keyId)).toBe(moves ? "active" : "revoked");
      expect(await revocationsOf(keyId)).toBe(moves ? 0 : 1);
      expect(await code("members.list", undefined, leaver)).toBe("unauthenticated");
    }
  });

  it("stop with their project and their service account", async () => {
    const { owner } = await team();
    const project = await site.call("organization.createProject", { name: "Old" }, owner.headers);
    const { id: projectId } = project.data as { id: string };
    expect(await code("organization.createProject", { name: "Old" }, owner)).toBe("conflict");
    const made = await site.call("keys.create", { name: "In it", projectId }, owner.headers);
    const { key } = made.data as { key: { id: string } };
    expect(await code("organization.archiveProject", { projectId }, owner)).toBe("ok");
    expect([await statusOf(owner, key.id), await revocationsOf(key.id)]).toEqual(["revoked", 1]);
    expect(await code("organization.archiveProject", { projectId }, owner)).toBe("not_found");
    const projects = await site.call("organization.projects", undefined, owner.headers);
    const { id: defaultId } = (projects.data as { id: string; isDefault: boolean }[]).find(
      (p) => p.isDefault,
    ) ?? {
      id: "",
    };
    expect(await code("organization.archiveProject", { projectId: defaultId }, owner)).toBe("conflict");
  });
});

it("leaves a trail of every change, unbroken", async () => {
  const { owner, organizationId } = await team();
  await site.call("organization.rename", { name: "Renamed" }, owner.headers);
  const { data: policy } = await site.call("organization.policy", undefined, owner.headers);
  const stricter = { ...(policy as object), requireTwoFactor: false, ipAllowlist: ["192.0.2.0/24"] };
  expect(await code("organization.writePolicy", { policy: stricter }, owner)).toBe("ok");
  expect(
    await code("organization.writePolicy", { policy: { ...stricter, ipAllowlist: ["nonsense"] } }, owner),
  ).toBe("invalid_request");
  const trail = await site.call("audit.list", {}, owner.headers);
  expect((trail.data as { rows: { action: string }[] }).rows.map(({ action }) => action)).toEqual([
    "organization.policy_changed",
    "organization.renamed",
    "organization.created",
  ]);
  expect(await verifyChain(site.database.db, organizationId)).toMatchObject({ links: 3, fault: null });
});
