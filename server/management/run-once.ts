import {
  claim,
  hashRequest,
  type IdempotencyName,
  MAX_KEY_LENGTH,
  release,
  storeAnswerIn,
} from "@/server/idempotency";
import type { StatementRunner } from "@/server/ledger";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import type { SecretBox } from "@/server/platform/secret-box";

/** A write that is not over by then has died. */
const RUN_SECONDS = 60;

export interface Answer {
  readonly status: number;
  readonly body: string;
}

interface OnceDeps {
  readonly pool: StatementRunner;
  readonly secretBox: SecretBox;
}

/**
 * Runs a write once per `Idempotency-Key`: its answer is kept for a day in the transaction of the write, so a repeat is
 * told the same, also when the first answer never arrived. Kept sealed, because it may hold a secret that is shown once.
 * @param write called with what has to be done last in its transaction
 * @throws AppError conflict (still running), idempotency_conflict (another request had this key), and what `write` throws
 */
export async function runOnce(
  deps: OnceDeps,
  request: Omit<IdempotencyName, "requestHash"> & { readonly target: string; readonly body: Uint8Array },
  write: (keep: (tx: Executor, answer: Answer) => Promise<void>) => Promise<Answer>,
): Promise<Answer & { readonly isReplay: boolean }> {
  const { target, body, ...of } = request;
  if (of.idempotencyKey.length === 0 || of.idempotencyKey.length > MAX_KEY_LENGTH)
    throw new AppError("invalid_request", {
      message: `An Idempotency-Key has 1 to ${MAX_KEY_LENGTH} characters.`,
      param: "Idempotency-Key",
    });
  const name = { ...of, requestHash: hashRequest(target, body) };
  const claimed = await claim(deps.pool, name, RUN_SECONDS);
  if (claimed.kind === "conflict")
    throw new AppError("idempotency_conflict", {
      message: "This Idempotency-Key was used for another request.",
    });
  if (claimed.kind === "running")
    throw new AppError("conflict", {
      message: "A request with this Idempotency-Key is still running. Ask again in a moment.",
      retryAfterSeconds: 1,
    });
  if (claimed.kind === "stored") {
    const text = deps.secretBox.open((claimed.answer.body ?? Buffer.alloc(0)).toString("utf8"));
    return { status: claimed.answer.status, body: text, isReplay: true };
  }
  const run = { ...name, run: claimed.run };
  try {
    const answer = await write((tx, { status, body: text }) =>
      storeAnswerIn(tx, run, { status, headers: {}, body: Buffer.from(deps.secretBox.seal(text)) }),
    );
    return { ...answer, isReplay: false };
  } catch (reason) {
    // Nothing was changed, so the same key may try again.
    await release(deps.pool, run);
    throw reason;
  }
}
