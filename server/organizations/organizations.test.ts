import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { member, organization, project, user } from "@/db/schema";
import { type TestDatabase, testDatabase } from "@/server/dev/test-database";
import { manualClock } from "@/server/platform/clock";
import { newId } from "@/server/platform/ids";
import { createPersonalOrganization, listMemberships, organizationOf } from ".";

const clock = manualClock();
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

async function person(name: string) {
  const userId = newId("user");
  await database.db.insert(user).values({ id: userId, email: `${userId}@example.com`, name });
  const made = await createPersonalOrganization(database.db, { userId, name }, clock);
  return { userId, ...made };
}

/** Harm: acting for an organization that one does not belong to. */
describe("organizations", () => {
  it("start with an owner and a default project", async () => {
    const ada = await person("Ada");
    expect(await listMemberships(database.db, ada.userId)).toEqual([
      {
        organizationId: ada.organizationId,
        organizationName: "Ada",
        kind: "personal",
        memberId: ada.memberId,
        role: "owner",
      },
    ]);
    const projects = await database.db.select().from(project);
    expect(projects).toMatchObject([
      { organizationId: ada.organizationId, name: "Default", isDefault: true },
    ]);
  });

  it("are never left half made", async () => {
    const before = await database.db.select().from(organization);
    await expect(
      database.db.transaction((tx) =>
        createPersonalOrganization(tx, { userId: "usr_nobody", name: "Nobody" }, clock),
      ),
    ).rejects.toThrow();
    expect(await database.db.select().from(organization)).toHaveLength(before.length);
  });

  it("follow the wish of a member, and of nobody else", async () => {
    const [bob, team] = [await person("Bob"), await person("Team")];
    const wished = () => organizationOf(database.db, bob.userId, team.organizationId);
    expect((await wished())?.organizationId).toBe(bob.organizationId);
    const memberId = newId("member");
    await database.db
      .insert(member)
      .values({ id: memberId, organizationId: team.organizationId, userId: bob.userId, role: "viewer" });
    expect(await wished()).toMatchObject({ organizationId: team.organizationId, memberId, role: "viewer" });
    expect((await organizationOf(database.db, bob.userId))?.organizationId).toBe(bob.organizationId);
    expect(await organizationOf(database.db, "usr_nobody")).toBeNull();
  });
});
