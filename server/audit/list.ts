import { and, asc, desc, eq, gt, gte, lt, lte, type SQL } from "drizzle-orm";
import { auditEvent } from "@/db/schema";
import type { Executor } from "@/server/platform/database";
import type { AuditAction } from "./actions";
import { type ChainFault, findChainFault } from "./chain";

export type AuditRow = typeof auditEvent.$inferSelect;

export interface AuditFilters {
  readonly action?: AuditAction | null;
  readonly actorId?: string | null;
  readonly targetId?: string | null;
  readonly from?: Date | null;
  readonly to?: Date | null;
}

export interface AuditPage {
  readonly rows: readonly AuditRow[];
  /** Sequence to continue below, or null at the end. */
  readonly nextCursor: number | null;
}

/** Newest first, by keyset over the sequence. */
export async function listAudit(
  db: Executor,
  input: {
    readonly chain: string;
    readonly cursor?: number | null;
    readonly limit: number;
    readonly filters?: AuditFilters;
  },
): Promise<AuditPage> {
  const { action, actorId, targetId, from, to } = input.filters ?? {};
  const conditions: (SQL | undefined)[] = [
    eq(auditEvent.chain, input.chain),
    input.cursor ? lt(auditEvent.sequence, input.cursor) : undefined,
    action ? eq(auditEvent.action, action) : undefined,
    actorId ? eq(auditEvent.actorId, actorId) : undefined,
    targetId ? eq(auditEvent.targetId, targetId) : undefined,
    from ? gte(auditEvent.createdAt, from) : undefined,
    to ? lte(auditEvent.createdAt, to) : undefined,
  ];
  const found = await db
    .select()
    .from(auditEvent)
    .where(and(...conditions))
    .orderBy(desc(auditEvent.sequence))
    .limit(input.limit + 1);
  const rows = found.slice(0, input.limit);
  return { rows, nextCursor: found.length > input.limit ? (rows.at(-1)?.sequence ?? null) : null };
}

/** What operators did, in every chain, newest first. For the operator console only. */
export async function listOperatorAudit(
  db: Executor,
  input: {
    readonly action?: AuditAction | null | undefined;
    readonly actorId?: string | null | undefined;
    /** Id of the last row of the page before. */
    readonly cursor?: string | null | undefined;
    readonly limit: number;
  },
): Promise<{ readonly rows: readonly AuditRow[]; readonly nextCursor: string | null }> {
  const found = await db
    .select()
    .from(auditEvent)
    .where(
      and(
        eq(auditEvent.actorKind, "operator"),
        input.action ? eq(auditEvent.action, input.action) : undefined,
        input.actorId ? eq(auditEvent.actorId, input.actorId) : undefined,
        input.cursor ? lt(auditEvent.id, input.cursor) : undefined,
      ),
    )
    .orderBy(desc(auditEvent.id))
    .limit(input.limit + 1);
  const rows = found.slice(0, input.limit);
  return { rows, nextCursor: found.length > input.limit ? (rows.at(-1)?.id ?? null) : null };
}

const READ_AT_ONCE = 500;

/** Every link of a chain in order, in portions, for an export or a check. */
export async function* readChain(db: Executor, chain: string): AsyncGenerator<AuditRow> {
  let after = 0;
  for (;;) {
    const rows = await db
      .select()
      .from(auditEvent)
      .where(and(eq(auditEvent.chain, chain), gt(auditEvent.sequence, after)))
      .orderBy(asc(auditEvent.sequence))
      .limit(READ_AT_ONCE);
    yield* rows;
    if (rows.length < READ_AT_ONCE) return;
    after = rows.at(-1)?.sequence ?? after;
  }
}

/** Walks a whole chain. `fault` is null when no link was changed, taken out or slipped in. */
export async function verifyChain(
  db: Executor,
  chain: string,
): Promise<{ readonly links: number; readonly fault: ChainFault | null; readonly headHash: string | null }> {
  let last: AuditRow | null = null;
  let links = 0;
  for await (const row of readChain(db, chain)) {
    const fault = findChainFault([row], last);
    if (fault) return { links, fault, headHash: last?.hash ?? null };
    last = row;
    links += 1;
  }
  return { links, fault: null, headHash: last?.hash ?? null };
}
