import { and, asc, desc, eq, gt, inArray, isNull, lt, lte, or, sql } from "drizzle-orm";
import { dataExport, dataExportPart, member, usageHour } from "@/db/schema";
import { type AuditActor, recordAudit } from "@/server/audit";
import type { Actor } from "@/server/organizations";
import type { Clock } from "@/server/platform/clock";
import type { Database, Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { newId } from "@/server/platform/ids";
import { requestPages, SECTIONS } from "./export-sections";

const KEEP_MS = 7 * 24 * 60 * 60 * 1_000;
/** Longer than a step takes. An export whose process died is begun again by another one. */
const CLAIM_MS = 60_000;
const REQUESTS_A_PAGE = 1_000;
const SHOWN = 5;

export interface DataExport {
  readonly id: string;
  readonly state: "running" | "ready" | "failed";
  /** Steps that are done, of about how many. */
  readonly done: number;
  readonly total: number;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

const columns = {
  id: dataExport.id,
  state: dataExport.state,
  done: dataExport.done,
  total: dataExport.total,
  createdAt: dataExport.createdAt,
  expiresAt: dataExport.expiresAt,
};

/** Begins an export; one that is being made already is the answer instead. */
export async function beginExport(
  db: Database,
  clock: Clock,
  own: { readonly actor: Actor; readonly audit: AuditActor },
): Promise<DataExport> {
  const { userId, email, organizationId } = own.actor;
  return db.transaction(async (tx) => {
    await tx.execute(sql`SELECT pg_advisory_xact_lock(hashtextextended(${`export ${userId}`}, 0))`);
    const [running] = await tx
      .select(columns)
      .from(dataExport)
      .where(and(eq(dataExport.userId, userId), eq(dataExport.state, "running")));
    if (running) return running;
    const now = new Date(clock.nowMs());
    const [made] = await tx
      .insert(dataExport)
      .values({
        id: newId("dataExport"),
        userId,
        state: "running",
        total: SECTIONS.length + (await expectedPages(tx, userId)),
        createdAt: now,
        expiresAt: new Date(clock.nowMs() + KEEP_MS),
      })
      .returning(columns);
    await recordAudit(tx, clock, {
      organizationId,
      actor: own.audit,
      action: "account.exported",
      target: { kind: "user", id: userId, label: email },
    });
    if (!made) throw new AppError("internal_error", { message: "The export was not begun." });
    return made;
  });
}

/** From the roll-ups: a count over the log would not end. */
async function expectedPages(tx: Executor, userId: string): Promise<number> {
  const own = tx.select({ id: member.id }).from(member).where(eq(member.userId, userId));
  const [sum] = await tx
    .select({ requests: sql<bigint>`coalesce(sum(${usageHour.requests}), 0)::bigint` })
    .from(usageHour)
    .where(inArray(usageHour.memberId, own));
  return Math.ceil(Number(sum?.requests ?? 0n) / REQUESTS_A_PAGE);
}

/** The newest exports of a person that are still there. */
export function listExports(db: Executor, clock: Clock, userId: string): Promise<DataExport[]> {
  return db
    .select(columns)
    .from(dataExport)
    .where(and(eq(dataExport.userId, userId), gt(dataExport.expiresAt, new Date(clock.nowMs()))))
    .orderBy(desc(dataExport.id))
    .limit(SHOWN);
}

/** Makes what was begun, oldest first. Any number at once: an export is made by one. @returns how many became ready */
export async function makeExports(db: Database, clock: Clock): Promise<number> {
  let ready = 0;
  for (;;) {
    const claimed = await claim(db, clock);
    if (!claimed) return ready;
    if (await make(db, clock, claimed)) ready += 1;
  }
}

interface Claimed {
  readonly id: string;
  readonly userId: string;
}

async function claim(db: Database, clock: Clock): Promise<Claimed | null> {
  const now = new Date(clock.nowMs());
  return db.transaction(async (tx) => {
    const [due] = await tx
      .select({ id: dataExport.id, userId: dataExport.userId })
      .from(dataExport)
      .where(
        and(
          eq(dataExport.state, "running"),
          or(isNull(dataExport.claimedUntil), lte(dataExport.claimedUntil, now)),
        ),
      )
      .orderBy(asc(dataExport.id))
      .limit(1)
      .for("update", { skipLocked: true });
    if (!due) return null;
    // Whatever a process that died has left of it is begun anew.
    await tx.delete(dataExportPart).where(eq(dataExportPart.exportId, due.id));
    await tx
      .update(dataExport)
      .set({ done: 0, claimedUntil: new Date(clock.nowMs() + CLAIM_MS) })
      .where(eq(dataExport.id, due.id));
    return due;
  });
}

async function make(db: Database, clock: Clock, { id, userId }: Claimed): Promise<boolean> {
  let place = 0;
  for (const section of SECTIONS) {
    const text = JSON.stringify(await section.read(db, userId));
    if (!(await writePart(db, clock, id, place, `"${section.name}":${text}`))) return false;
    place += 1;
  }
  for await (const page of requestPages(db, userId)) {
    const text = page.map((row) => JSON.stringify(row)).join(",\n");
    if (!(await writePart(db, clock, id, place, text))) return false;
    place += 1;
  }
  const [ready] = await db
    .update(dataExport)
    .set({
      state: "ready",
      done: sql`${dataExport.total}`,
      readyAt: new Date(clock.nowMs()),
      claimedUntil: null,
    })
    .where(and(eq(dataExport.id, id), eq(dataExport.state, "running"), eq(dataExport.done, place)))
    .returning({ id: dataExport.id });
  return ready !== undefined;
}

/** A part with the count of its step. False when somebody else has taken the export over, or the account is gone. */
function writePart(
  db: Database,
  clock: Clock,
  exportId: string,
  place: number,
  body: string,
): Promise<boolean> {
  return db.transaction(async (tx) => {
    const [mine] = await tx
      .update(dataExport)
      .set({ done: place + 1, claimedUntil: new Date(clock.nowMs() + CLAIM_MS) })
      .where(and(eq(dataExport.id, exportId), eq(dataExport.state, "running"), eq(dataExport.done, place)))
      .returning({ id: dataExport.id });
    if (!mine) return false;
    const written = await tx
      .insert(dataExportPart)
      .values({ exportId, place, body })
      .onConflictDoNothing()
      .returning({ place: dataExportPart.place });
    return written.length === 1;
  });
}

/**
 * The file of an export of this person: one JSON object, in pieces.
 * @throws AppError not_found: another person's, none, not ready or over
 */
export async function openExport(
  db: Executor,
  clock: Clock,
  of: { readonly userId: string; readonly exportId: string },
): Promise<AsyncGenerator<string>> {
  const [found] = await db
    .select({ readyAt: dataExport.readyAt })
    .from(dataExport)
    .where(
      and(
        eq(dataExport.id, of.exportId),
        eq(dataExport.userId, of.userId),
        eq(dataExport.state, "ready"),
        gt(dataExport.expiresAt, new Date(clock.nowMs())),
      ),
    );
  if (!found) throw new AppError("not_found", { message: "There is no such export, or it is over." });
  return pieces(db, of.exportId, found.readyAt ?? new Date(clock.nowMs()));
}

async function* pieces(db: Executor, exportId: string, readyAt: Date): AsyncGenerator<string> {
  yield `{"exported_at":${JSON.stringify(readyAt)}`;
  let place = 0;
  for (; place < SECTIONS.length; place += 1) yield `,\n${await readPart(db, exportId, place)}`;
  yield ',\n"requests":[';
  for (let isFirst = true; ; isFirst = false, place += 1) {
    const body = await readPart(db, exportId, place);
    if (body === null) break;
    yield isFirst ? body : `,\n${body}`;
  }
  yield "]}\n";
}

async function readPart(db: Executor, exportId: string, place: number): Promise<string | null> {
  const [part] = await db
    .select({ body: dataExportPart.body })
    .from(dataExportPart)
    .where(and(eq(dataExportPart.exportId, exportId), eq(dataExportPart.place, place)));
  return part?.body ?? null;
}

/** Deletes exports whose week is over. @returns how many */
export async function dropOldExports(db: Executor, nowMs: number): Promise<number> {
  const { rowCount } = await db.delete(dataExport).where(lt(dataExport.expiresAt, new Date(nowMs)));
  return rowCount ?? 0;
}
