import { readKeyLimit } from "@/server/budgets";
import { readKeyState } from "@/server/keys";
import { readCredits, type SignedReceipt } from "@/server/ledger";
import { getRequest, type RequestDetail, spendOfKey } from "@/server/logs";
import { AppError } from "@/server/platform/errors";
import { isId } from "@/server/platform/ids";
import { toDecimalUsd, toUsdNumber } from "@/server/platform/money";
import { toJsonAnswer } from "./answers";
import { authenticate } from "./stages/authenticate";
import type { GatewayDeps, GatewayRequest, GatewayResponse } from "./types";

/** `GET key`: what the presented key is and has spent. OpenRouter's shape; UTC days, weeks from Monday. */
export async function keyAnswer(
  deps: GatewayDeps,
  request: GatewayRequest,
  requestId: string,
): Promise<GatewayResponse> {
  const { key, state } = await authenticateReader(deps, request, requestId);
  const [spend, limit] = await Promise.all([
    spendOfKey(deps.db, key),
    readKeyLimit(deps.db, key, deps.clock.nowMs()),
  ]);
  return toJsonAnswer(
    {
      data: {
        label: state.name,
        limit: limit && toUsdNumber(limit.limitNanoUsd),
        limit_remaining: limit && toUsdNumber(limit.remainingNanoUsd),
        limit_reset: limit?.reset ?? null,
        include_byok_in_limit: false,
        usage: toUsdNumber(spend.totalNanoUsd),
        usage_daily: toUsdNumber(spend.dayNanoUsd),
        usage_weekly: toUsdNumber(spend.weekNanoUsd),
        usage_monthly: toUsdNumber(spend.monthNanoUsd),
        byok_usage: 0,
        is_free_tier: false,
        is_management_key: false,
        is_provisioning_key: false,
        expires_at: state.expiresAt?.toISOString() ?? null,
      },
    },
    requestId,
  );
}

/** `GET credits`: the organization's money. Vercel's shape (strings) on `/v1`, OpenRouter's (numbers) on `/api/v1`. */
export async function creditsAnswer(
  deps: GatewayDeps,
  request: GatewayRequest,
  requestId: string,
): Promise<GatewayResponse> {
  const { key } = await authenticateReader(deps, request, requestId);
  const credits = await readCredits(deps.db, key.organizationId);
  const body =
    request.base === "/v1"
      ? { balance: toDecimalUsd(credits.leftNanoUsd), total_used: toDecimalUsd(credits.usedNanoUsd) }
      : {
          data: {
            total_credits: toUsdNumber(credits.addedNanoUsd),
            total_usage: toUsdNumber(credits.usedNanoUsd),
          },
        };
  return toJsonAnswer(body, requestId);
}

/** `GET generation?id=`: a request's receipt and attempts; `pending` from the moment it was admitted. */
export async function generationAnswer(
  deps: GatewayDeps,
  request: GatewayRequest,
  requestId: string,
): Promise<GatewayResponse> {
  const { key } = await authenticateReader(deps, request, requestId);
  const id = request.query.get("id") ?? "";
  if (!isId("generation", id)) {
    throw new AppError("invalid_request", { message: "`id` must be a generation id (gen_…).", param: "id" });
  }
  const detail = await getRequest(deps.db, { organizationId: key.organizationId, id });
  const signed = detail.receipt && (await deps.receipts.read({ organizationId: key.organizationId, id }));
  return toJsonAnswer({ data: toGeneration(detail, signed) }, requestId);
}

/** These look-ups reserve no money, so the key's state is asked here and not by the ledger. @throws AppError invalid_api_key */
export async function authenticateReader(deps: GatewayDeps, request: GatewayRequest, requestId: string) {
  const { key, access, patience } = await authenticate(deps, request, requestId);
  const state = await patience.wait(readKeyState(deps.db, key.keyId));
  if (state?.status !== "active") {
    throw new AppError("invalid_api_key", {
      message: "This API key is not valid. It may be unknown, revoked or expired.",
    });
  }
  if (state.isOrganizationSuspended) {
    throw new AppError("permission_denied", {
      message: "This organization is suspended. Please contact support.",
    });
  }
  return { key, access, patience, state };
}

function toGeneration(detail: RequestDetail, signed: SignedReceipt | null) {
  const { receipt } = detail;
  const tokens = (unit: string) => Number(receipt?.lines.find((line) => line.unit === unit)?.quantity ?? 0n);
  const charged = (receipt?.costNanoUsd ?? 0n) + (receipt?.correctedNanoUsd ?? 0n);
  return {
    id: detail.id,
    status: detail.outcome,
    created_at: detail.createdAt.toISOString(),
    model: detail.modelSlug,
    requested_model: detail.requestedModel,
    provider_name: detail.attempts.findLast((attempt) => attempt.reason === "ok")?.providerName ?? null,
    api_type: detail.api,
    request_id: detail.requestId,
    streamed: detail.streamed,
    cancelled: detail.outcome === "canceled",
    finish_reason: detail.finishReason,
    error_code: detail.errorCode,
    total_cost: toUsdNumber(charged),
    usage: toUsdNumber(charged),
    reserved: toUsdNumber(detail.reservedNanoUsd),
    is_byok: false,
    latency: detail.ttftMs,
    generation_time: detail.latencyMs,
    tokens_prompt: detail.inputTokens,
    tokens_completion: detail.outputTokens,
    native_tokens_prompt: detail.inputTokens,
    native_tokens_completion: detail.outputTokens,
    native_tokens_reasoning: tokens("reasoning"),
    native_tokens_cached: tokens("cached_input"),
    attempts: detail.attempts.map(({ providerName, status, durationMs, reason }) => ({
      provider: providerName,
      status,
      duration_ms: durationMs,
      reason,
    })),
    receipt: receipt && {
      price_version: receipt.priceVersionId,
      basis: receipt.basis,
      cost_nano_usd: receipt.costNanoUsd.toString(),
      overrun_nano_usd: receipt.overrunNanoUsd.toString(),
      corrected_nano_usd: receipt.correctedNanoUsd.toString(),
      lines: receipt.lines.map((line) => ({
        unit: line.unit,
        priced_as: line.pricedAs,
        quantity: Number(line.quantity),
        price_nano_usd_per_million: line.priceNanoUsdPerMillion.toString(),
        above_context_tokens: line.aboveContextTokens,
      })),
      paid_from_nano_usd: {
        promotional: receipt.paidFrom.promotional.toString(),
        committed: receipt.paidFrom.committed.toString(),
        paid: receipt.paidFrom.paid.toString(),
      },
      settled_at: receipt.settledAt.toISOString(),
      // The whole receipt as a signed document; its keys are at /.well-known/receipt-keys.json.
      signature_key_id: signed?.keyId ?? null,
      signed: signed?.jws ?? null,
    },
  };
}
