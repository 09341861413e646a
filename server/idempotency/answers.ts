import { createHash, randomUUID } from "node:crypto";
import { and, eq } from "drizzle-orm";
import type pg from "pg";
import { idempotentAnswer } from "@/db/schema";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";

/** How long an answer is kept, and the most of it. */
const KEEP_HOURS = 24;
export const MAX_STORED_BYTES = 2 * 1024 * 1024;
export const MAX_KEY_LENGTH = 255;

export interface IdempotencyName {
  readonly organizationId: string;
  readonly keyId: string;
  readonly idempotencyKey: string;
  /** See `hashRequest`. */
  readonly requestHash: string;
}

export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Null: it was larger than what is kept. */
  readonly body: Buffer | null;
}

/**
 * run: go ahead, this call is the first. running: the first is still under way, or its process died and was charged for.
 * conflict: the first had another body.
 */
export type Claim =
  | { readonly kind: "run"; readonly run: string }
  | { readonly kind: "running"; readonly generationId: string | null }
  | { readonly kind: "conflict" }
  | { readonly kind: "stored"; readonly answer: StoredAnswer; readonly generationId: string | null };

/** SHA-256 of the path and the body's bytes, hex: the body itself is not kept. */
export function hashRequest(path: string, body: Uint8Array): string {
  return createHash("sha256").update(path).update("\0").update(body).digest("hex");
}

const CLAIM = `
  INSERT INTO idempotent_answer AS a (organization_id, key_id, idempotency_key, request_hash, state, run, expires_at)
  VALUES ($1, $2, $3, $4, 'running', $5, now() + make_interval(hours => $6))
  ON CONFLICT (organization_id, key_id, idempotency_key) DO UPDATE
    SET request_hash = excluded.request_hash, state = 'running', run = excluded.run, generation_id = NULL, status = NULL,
      headers = NULL, body = NULL, created_at = now(), expires_at = excluded.expires_at
    WHERE a.expires_at <= now() OR (a.state = 'running' AND a.created_at < now() - make_interval(secs => $7)
      AND a.request_hash = excluded.request_hash
      AND NOT EXISTS (SELECT 1 FROM intent i WHERE i.id = a.generation_id AND (i.state = 'started' OR i.cost > 0)))
  RETURNING run`;

interface Row {
  readonly state: "running" | "done";
  readonly request_hash: string;
  readonly generation_id: string | null;
  readonly status: number | null;
  readonly headers: Record<string, string> | null;
  readonly body: Buffer | null;
}

type Runner = Pick<pg.Pool, "query">;

/**
 * Takes the key for one run, or says what became of the run that has it. A run that died without a charge gives the key
 * free after `runSeconds`; one that was charged keeps it, because a second run would be a second charge.
 */
export async function claim(pool: Runner, name: IdempotencyName, runSeconds: number): Promise<Claim> {
  const run = randomUUID();
  const { organizationId, keyId, idempotencyKey, requestHash } = name;
  const where = [organizationId, keyId, idempotencyKey];
  const taken = await pool.query(CLAIM, [...where, requestHash, run, KEEP_HOURS, runSeconds]);
  if (taken.rowCount) return { kind: "run", run };
  const { rows } = await pool.query<Row>(
    `SELECT state, request_hash, generation_id, status, headers, body FROM idempotent_answer
     WHERE organization_id = $1 AND key_id = $2 AND idempotency_key = $3`,
    where,
  );
  const [row] = rows;
  if (!row) return { kind: "running", generationId: null };
  if (row.request_hash !== requestHash) return { kind: "conflict" };
  if (row.state === "running") return { kind: "running", generationId: row.generation_id };
  const answer = { status: row.status ?? 200, headers: row.headers ?? {}, body: row.body };
  return { kind: "stored", answer, generationId: row.generation_id };
}

type Run = IdempotencyName & { readonly run: string };
const MINE = "organization_id = $1 AND key_id = $2 AND idempotency_key = $3 AND run = $4";
const mine = ({ organizationId, keyId, idempotencyKey, run }: Run) => [
  organizationId,
  keyId,
  idempotencyKey,
  run,
];

/** Ties the run to its request before a provider is called, so that its charge is known if this process dies. */
export async function nameGeneration(pool: Runner, run: Run, generationId: string): Promise<void> {
  await pool.query(`UPDATE idempotent_answer SET generation_id = $5 WHERE ${MINE}`, [
    ...mine(run),
    generationId,
  ]);
}

export async function storeAnswer(pool: Runner, run: Run, answer: StoredAnswer): Promise<void> {
  await pool.query(
    `UPDATE idempotent_answer SET state = 'done', status = $5, headers = $6, body = $7 WHERE ${MINE}`,
    [...mine(run), answer.status, JSON.stringify(answer.headers), answer.body],
  );
}

/**
 * `storeAnswer` in the transaction of what was done: both are kept or neither.
 * @throws AppError conflict when another run has taken the key meanwhile, so that nothing is done twice
 */
export async function storeAnswerIn(tx: Executor, run: Run, answer: StoredAnswer): Promise<void> {
  const { rowCount } = await tx
    .update(idempotentAnswer)
    .set({ state: "done", ...answer })
    .where(
      and(
        eq(idempotentAnswer.organizationId, run.organizationId),
        eq(idempotentAnswer.keyId, run.keyId),
        eq(idempotentAnswer.idempotencyKey, run.idempotencyKey),
        eq(idempotentAnswer.run, run.run),
      ),
    );
  if (rowCount === 1) return;
  throw new AppError("conflict", { message: "Another request with this Idempotency-Key was quicker." });
}

/** Gives the key free: nothing was charged, so the same key may try again. */
export async function release(pool: Runner, run: Run): Promise<void> {
  await pool.query(`DELETE FROM idempotent_answer WHERE ${MINE}`, mine(run));
}

/** @returns how many answers whose day is over were removed */
export async function dropOldAnswers(pool: Runner): Promise<number> {
  const { rowCount } = await pool.query("DELETE FROM idempotent_answer WHERE expires_at < now()");
  return rowCount ?? 0;
}
