import { and, eq, inArray, sql } from "drizzle-orm";
import { apiKey, intent, project, provider, requestLog, usageRecord } from "@/db/schema";
import { type Buckets, readCorrections } from "@/server/ledger";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import type { NanoUsd } from "@/server/platform/money";
import { type Attempt, type Receipt, toReceipt } from "./receipt";
import type { RequestOutcome } from "./request-filters";

/** Everything known about one request, without its content, which is never kept. Durations in milliseconds. */
export interface RequestDetail {
  readonly id: string;
  readonly requestId: string;
  readonly createdAt: Date;
  readonly outcome: RequestOutcome;
  readonly api: string;
  readonly requestedModel: string;
  readonly modelSlug: string;
  readonly keyId: string;
  readonly keyName: string;
  readonly projectName: string;
  readonly streamed: boolean;
  readonly httpStatus: number | null;
  readonly errorCode: string | null;
  readonly finishReason: string | null;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly ttftMs: number | null;
  readonly latencyMs: number | null;
  readonly reservedNanoUsd: NanoUsd;
  readonly attempts: readonly Attempt[];
  /** Null while pending, and for a request that ended without a charge. */
  readonly receipt: Receipt | null;
}

interface RequestName {
  readonly organizationId: string;
  readonly id: string;
}

/** @throws AppError not_found, the same for a request of another organization and for none */
export async function getRequest(db: Executor, name: RequestName): Promise<RequestDetail> {
  // The intent first: if the request ends between the two statements, the log row is found by the second.
  const pending = await readIntent(db, name);
  const logged = await readLog(db, name);
  if (logged) return toDetail(db, logged, pending?.correctedNanoUsd ?? 0n);
  if (pending?.state === "started") return toPending(pending);
  throw new AppError("not_found", { message: "There is no such request." });
}

async function readIntent(db: Executor, name: RequestName) {
  const [row] = await db
    .select({
      id: intent.id,
      state: intent.state,
      request: intent.request,
      createdAt: intent.createdAt,
      modelSlug: intent.modelSlug,
      keyId: intent.keyId,
      keyName: sql<string>`coalesce(${apiKey.name}, '')`,
      projectName: sql<string>`coalesce(${project.name}, '')`,
      reservedNanoUsd: intent.reserved,
      correctedNanoUsd: intent.corrected,
    })
    .from(intent)
    .leftJoin(apiKey, eq(apiKey.id, intent.keyId))
    .leftJoin(project, eq(project.id, intent.projectId))
    .where(and(eq(intent.id, name.id), eq(intent.organizationId, name.organizationId)));
  return row ?? null;
}

async function readLog(db: Executor, name: RequestName) {
  const [row] = await db
    .select({
      log: requestLog,
      usage: usageRecord,
      keyName: sql<string>`coalesce(${apiKey.name}, '')`,
      projectName: sql<string>`coalesce(${project.name}, '')`,
    })
    .from(requestLog)
    .leftJoin(usageRecord, eq(usageRecord.id, requestLog.id))
    .leftJoin(apiKey, eq(apiKey.id, requestLog.keyId))
    .leftJoin(project, eq(project.id, requestLog.projectId))
    .where(and(eq(requestLog.id, name.id), eq(requestLog.organizationId, name.organizationId)));
  return row ?? null;
}

type LoggedRow = NonNullable<Awaited<ReturnType<typeof readLog>>>;
type IntentRow = NonNullable<Awaited<ReturnType<typeof readIntent>>>;

async function toDetail(
  db: Executor,
  { log, usage, keyName, projectName }: LoggedRow,
  correctedNanoUsd: NanoUsd,
): Promise<RequestDetail> {
  return {
    id: log.id,
    requestId: log.requestId,
    createdAt: log.createdAt,
    outcome: log.outcome,
    api: log.api,
    requestedModel: log.requestedModel,
    modelSlug: log.modelSlug,
    keyId: log.keyId,
    keyName,
    projectName,
    streamed: log.streamed,
    httpStatus: log.httpStatus,
    errorCode: log.errorCode,
    finishReason: log.finishReason,
    inputTokens: log.inputTokens,
    outputTokens: log.outputTokens,
    ttftMs: log.ttftMs,
    latencyMs: log.latencyMs,
    reservedNanoUsd: 0n,
    attempts: await nameProviders(db, log.attempts),
    receipt:
      usage &&
      toReceipt({
        lines: usage.lines,
        costNanoUsd: usage.cost,
        overrunNanoUsd: usage.overrun,
        correctedNanoUsd,
        paidFrom: await readPaidFrom(db, usage, correctedNanoUsd),
        basis: usage.basis,
        priceVersionId: usage.priceVersionId,
        endpointId: usage.endpointId,
        settledAt: usage.settledAt,
      }),
  };
}

async function readPaidFrom(
  db: Executor,
  usage: NonNullable<LoggedRow["usage"]>,
  correctedNanoUsd: NanoUsd,
): Promise<Buckets> {
  const settled = {
    promotional: usage.fromPromotional,
    committed: usage.fromCommitted,
    paid: usage.fromPaid,
  };
  const corrected = correctedNanoUsd > 0n && (await readCorrections(db, [usage.id])).get(usage.id);
  if (!corrected) return settled;
  return {
    promotional: settled.promotional + corrected.promotional,
    committed: settled.committed + corrected.committed,
    paid: settled.paid + corrected.paid,
  };
}

function toPending(row: IntentRow): RequestDetail {
  return {
    id: row.id,
    requestId: row.request.requestId,
    createdAt: row.createdAt,
    outcome: "pending",
    api: row.request.api,
    requestedModel: row.request.requestedModel,
    modelSlug: row.modelSlug,
    keyId: row.keyId,
    keyName: row.keyName,
    projectName: row.projectName,
    streamed: row.request.streamed,
    httpStatus: null,
    errorCode: null,
    finishReason: null,
    inputTokens: null,
    outputTokens: null,
    ttftMs: null,
    latencyMs: null,
    reservedNanoUsd: row.reservedNanoUsd,
    attempts: [],
    receipt: null,
  };
}

async function nameProviders(db: Executor, attempts: LoggedRow["log"]["attempts"]): Promise<Attempt[]> {
  const slugs = [...new Set(attempts.map((attempt) => attempt.provider))];
  if (slugs.length === 0) return [];
  const rows = await db
    .select({ slug: provider.slug, name: provider.name, isSimulated: provider.isSimulated })
    .from(provider)
    .where(inArray(provider.slug, slugs));
  const bySlug = new Map(rows.map((row) => [row.slug, row]));
  return attempts.map((attempt) => ({
    ...attempt,
    providerName: bySlug.get(attempt.provider)?.name ?? attempt.provider,
    isSimulated: bySlug.get(attempt.provider)?.isSimulated ?? false,
  }));
}
