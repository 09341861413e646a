import { expect } from "vitest";
import { listOperatorAudit } from "@/server/audit";
import { type Person, type TrpcFixture, trpcFixture } from "@/server/trpc/fixtures";

/** The console with two operators and a customer, and what an act of theirs leaves behind. */
export interface OperatorFixture {
  readonly site: TrpcFixture;
  readonly ada: Person;
  readonly bob: Person;
  readonly customer: Person;
  /** Names of the mutations whose trail was looked at. */
  readonly made: Set<string>;
  call(path: string, input: unknown, by?: Person): ReturnType<TrpcFixture["call"]>;
  /** The answer of a call that goes well. */
  data(path: string, input?: unknown, by?: Person): Promise<Record<string, unknown>>;
  traces(): Promise<Awaited<ReturnType<typeof listOperatorAudit>>["rows"]>;
  /** A call that goes well and leaves its line in the trail, under the operator's own name. */
  act(path: string, input: unknown, action: string, by?: Person): Promise<Record<string, unknown>>;
}

export async function operatorFixture(): Promise<OperatorFixture> {
  const site = await trpcFixture();
  const customer = await site.person();
  const [ada, bob] = [await site.person(), await site.person()];
  await site.database.pool.query(
    'UPDATE "user" SET is_operator = true, has_two_factor = true WHERE id = ANY($1)',
    [[ada.userId, bob.userId]],
  );
  const made = new Set<string>();
  const call: OperatorFixture["call"] = (path, input, by = ada) =>
    site.call(`operator.${path}`, input, by.headers);
  const data: OperatorFixture["data"] = async (path, input, by) => {
    const answer = await call(path, input, by);
    if (answer.code !== "ok") throw new Error(`${path}: ${answer.code} ${answer.message}`);
    return answer.data as Record<string, unknown>;
  };
  const traces = async () => (await listOperatorAudit(site.database.db, { limit: 100 })).rows;
  async function act(path: string, input: unknown, action: string, by: Person = ada) {
    made.add(path);
    const before = (await traces()).length;
    const answer = await data(path, input, by);
    const rows = await traces();
    expect(rows.length).toBeGreaterThan(before);
    expect(rows[0]).toMatchObject({ action, actorKind: "operator", actorId: by.userId });
    return answer;
  }
  return { site, ada, bob, customer, made, call, data, traces, act };
}
