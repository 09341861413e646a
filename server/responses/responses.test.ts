import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { organization, project } from "@/db/schema";
import { type TestDatabase, testDatabase } from "@/server/dev/test-database";
import { newId } from "@/server/platform/ids";
import {
  deleteExpiredResponses,
  deleteResponse,
  keepResponse,
  listInputItems,
  type ResponseScope,
  readHistory,
  readResponse,
} from "./index";

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 10, 1);
const NONE = { previousResponseId: null, references: [] };

async function scope(organizationId = newId("organization")): Promise<ResponseScope> {
  const projectId = newId("project");
  await database.db
    .insert(organization)
    .values({ id: organizationId, name: "Test", kind: "team" })
    .onConflictDoNothing();
  await database.db.insert(project).values({ id: projectId, organizationId, name: projectId });
  return { organizationId, projectId };
}

const said = (id: string, text: string) => ({
  id: `msg_${id}`,
  type: "message",
  role: "user",
  content: text,
});
const answered = (id: string, text: string) => ({
  id: `resp_${id}`,
  object: "response",
  output: [{ id: `msg_out_${id}`, type: "message", role: "assistant", content: text }],
});

function keep(owner: ResponseScope, id: string, previous: string | null = null, nowMs = START_MS) {
  const kept = {
    ...owner,
    id: `resp_${id}`,
    previousId: previous && `resp_${previous}`,
    input: [said(id, `ask ${id}`)],
    response: answered(id, `say ${id}`),
  };
  return keepResponse(database.db, kept, nowMs);
}

const goOn = (owner: ResponseScope, id: string, nowMs = START_MS + 1) =>
  readHistory(database.db, owner, { ...NONE, previousResponseId: `resp_${id}` }, nowMs);

describe("kept responses", () => {
  it("give back the conversation in its order", async () => {
    const owner = await scope();
    await keep(owner, "a");
    await keep(owner, "b", "a");
    await keep(owner, "c", "b");
    const { items } = await goOn(owner, "c");
    expect(items.map(({ content }) => content)).toEqual([
      "ask a",
      "say a",
      "ask b",
      "say b",
      "ask c",
      "say c",
    ]);
    expect(await readResponse(database.db, owner, "resp_b", START_MS)).toEqual(answered("b", "say b"));
    expect(await listInputItems(database.db, owner, "resp_b", START_MS)).toEqual([said("b", "ask b")]);
  });

  it("prevents a customer from reading another's conversation: not yours is not there, in every way to ask", async () => {
    const owner = await scope();
    const sibling = await scope(owner.organizationId);
    const stranger = await scope();
    const mixed = { organizationId: stranger.organizationId, projectId: owner.projectId };
    await keep(owner, "mine");
    for (const other of [sibling, stranger, mixed]) {
      const ways = (id: string) => [
        goOn(other, id),
        readResponse(database.db, other, `resp_${id}`, START_MS),
        listInputItems(database.db, other, `resp_${id}`, START_MS),
        deleteResponse(database.db, other, `resp_${id}`, START_MS),
        readHistory(database.db, other, { ...NONE, references: [`msg_out_${id}`] }, START_MS),
      ];
      const refusals = async (id: string) =>
        (await Promise.allSettled(ways(id))).map((result) => {
          if (result.status === "fulfilled") throw new Error("was answered");
          const { code, message, status } = result.reason;
          return { code, status, message: message.replaceAll(id, "ID") };
        });
      expect(await refusals("mine")).toEqual(await refusals("unknown"));
    }
    const [yours] = (await goOn(owner, "mine")).items;
    expect(yours).toEqual(said("mine", "ask mine"));
  });

  it("prevents an answer to half a conversation: a missing link is no conversation", async () => {
    const owner = await scope();
    await keep(owner, "one");
    await keep(owner, "two", "one");
    await keep(owner, "three", "two");
    await deleteResponse(database.db, owner, "resp_one", START_MS);
    await expect(goOn(owner, "three")).rejects.toMatchObject({
      code: "previous_response_not_found",
      status: 400,
      param: "previous_response_id",
    });
  });

  it("find single items by their id, in input and output, and name the one that is lost", async () => {
    const owner = await scope();
    await keep(owner, "x");
    await keep(owner, "y", "x");
    const references = ["msg_out_x", "msg_y"];
    const { referenced } = await readHistory(database.db, owner, { ...NONE, references }, START_MS);
    expect([...referenced.keys()].sort()).toEqual(references);
    await expect(
      readHistory(database.db, owner, { ...NONE, references: ["msg_y", "msg_lost"] }, START_MS),
    ).rejects.toMatchObject({ code: "invalid_request", message: expect.stringContaining("msg_lost") });
  });

  it("live thirty days after they were last gone on from, and are then gone for good", async () => {
    const owner = await scope();
    await keep(owner, "old");
    await keep(owner, "new", "old", START_MS + 20 * DAY_MS);
    await keep(owner, "alone");
    expect((await goOn(owner, "new", START_MS + 45 * DAY_MS)).items).toHaveLength(4);
    await expect(goOn(owner, "alone", START_MS + 30 * DAY_MS)).rejects.toMatchObject({ status: 400 });
    expect(await deleteExpiredResponses(database.db, START_MS + 45 * DAY_MS)).toBeGreaterThanOrEqual(1);
    const { rows } = await database.pool.query(
      "SELECT id FROM stored_response WHERE project_id = $1 ORDER BY id",
      [owner.projectId],
    );
    expect(rows.map(({ id }) => id)).toEqual(["resp_new", "resp_old"]);
  });

  it("take characters that Postgres does not, and refuse what is too large", async () => {
    const owner = await scope();
    const odd = "\u0000 \ud800 😀 '; DROP TABLE stored_response; --";
    const kept = {
      ...owner,
      id: "resp_odd",
      previousId: null,
      input: [said("odd", odd)],
      response: answered("odd", odd),
    };
    expect(await keepResponse(database.db, kept, START_MS)).toBe(true);
    expect((await goOn(owner, "odd")).items.map(({ content }) => content)).toEqual([odd, odd]);
    const large = { ...kept, id: "resp_large", input: [said("large", "x".repeat(9 * 1024 * 1024))] };
    expect(await keepResponse(database.db, large, START_MS)).toBe(false);
  });
});
