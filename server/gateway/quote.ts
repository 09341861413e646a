import { isPriced, keepPriceLock, priceUsage } from "@/server/catalog";
import { type TypicalOutput, typicalOutput } from "@/server/logs";
import { AppError } from "@/server/platform/errors";
import { type NanoUsd, toUsdNumber } from "@/server/platform/money";
import { toJsonAnswer } from "./answers";
import { authenticateReader } from "./introspection";
import type { Api, Candidate } from "./operation";
import { parseQuote } from "./quote-request";
import { APIS } from "./routes";
import { withinMaxCost } from "./stages/admit";
import { type Planned, plan, worstCaseOf } from "./stages/plan";
import { PRICE_LOCK_HEADER } from "./stages/price-lock";
import type { Authenticated, GatewayDeps, GatewayRequest, GatewayResponse } from "./types";

/**
 * `POST quote`: what a request would cost, and who would answer it, worked out by the very stages that would serve it. Holds
 * no money, calls nobody, and writes nothing but the price lock that it may be asked for.
 * @throws AppError invalid_api_key, invalid_request, and whatever the request itself would be refused with
 */
export async function quoteAnswer(
  deps: GatewayDeps,
  request: GatewayRequest,
  requestId: string,
): Promise<GatewayResponse> {
  const { key, access, patience } = await authenticateReader(deps, request, requestId);
  const asked = parseQuote(await request.readBody());
  // Else a lock could be renewed before its end for ever.
  if (asked.wantsLock && (asked.namesLock || request.header(PRICE_LOCK_HEADER) !== undefined)) {
    throw new AppError("invalid_request", {
      message: "`price_lock` cannot be asked for at prices that are locked already.",
      param: "price_lock",
    });
  }
  const api = Object.hasOwn(APIS, asked.path) ? APIS[asked.path] : undefined;
  if (!api) {
    throw new AppError("invalid_request", {
      message: `\`endpoint\` must be one of ${Object.keys(APIS)
        .map((path) => path.slice(1))
        .join(", ")}.`,
      param: "endpoint",
    });
  }
  const planned = await planOf(deps, api, {
    request: asRequest(request, asked.path, asked.body),
    requestId,
    receivedAtMs: deps.clock.nowMs(),
    key,
    access,
    patience,
  });
  const typical = await typicalOf(deps, planned);
  const lock = asked.wantsLock ? await lockOf(deps, planned) : null;
  return toJsonAnswer(toQuote(asked.path, planned, typical, lock), requestId);
}

/** The plan as it would be admitted. */
async function planOf(deps: GatewayDeps, api: Api, authenticated: Authenticated): Promise<Planned> {
  return withinMaxCost(deps, await plan(deps, api, authenticated));
}

/** The request inside the quote, as its endpoint would have got it. */
function asRequest(request: GatewayRequest, path: string, body: Uint8Array): GatewayRequest {
  return {
    ...request,
    path,
    header: (name) => (name === "content-type" ? "application/json" : request.header(name)),
    readBody: async () => body,
  };
}

interface Typical {
  readonly promptTokens: number;
  /** Null: nothing is known of how much the model answers. */
  readonly output: TypicalOutput | null;
}

/** The prompt counted, and an answer as long as they usually are. Null where use is not told in tokens. */
async function typicalOf(
  { db, clock, countTokens }: GatewayDeps,
  { operation, demand, model, key }: Planned,
): Promise<Typical | null> {
  if (demand.unitsFor || demand.units) return null;
  const { promptTokens } = await operation.count(countTokens, "");
  if (operation.choices === 0) return { promptTokens, output: null };
  const asked = { organizationId: key.organizationId, modelSlug: model.slug, nowMs: clock.nowMs() };
  return { promptTokens, output: await typicalOutput(db, asked) };
}

/** Nano-USD; null when the history says nothing. Nothing is taken to be cached: only the provider knows that. */
function typicalCost(
  { operation, outputTokens }: Planned,
  typical: Typical | null,
  { priceVersion }: Candidate,
): NanoUsd | null {
  if (typical === null || !isPriced(priceVersion, "input")) return null;
  const { promptTokens, output } = typical;
  if (operation.choices > 0 && (output === null || !isPriced(priceVersion, "output"))) return null;
  const most = outputTokens * operation.choices;
  const units = {
    ...(isPriced(priceVersion, "request") ? { request: 1n } : {}),
    input: BigInt(promptTokens),
    output: BigInt(Math.min(output?.outputTokens ?? 0, most)),
  };
  return priceUsage(priceVersion, units, promptTokens).costNanoUsd;
}

async function lockOf({ db, clock }: GatewayDeps, { key, candidates }: Planned) {
  const versions = Object.fromEntries(candidates.map(({ id, priceVersion }) => [id, priceVersion.id]));
  return keepPriceLock(db, { organizationId: key.organizationId, versions }, clock.nowMs());
}

function toQuote(
  path: string,
  planned: Planned,
  typical: Typical | null,
  lock: Awaited<ReturnType<typeof lockOf>> | null,
) {
  const { operation, demand, candidates, excluded } = planned;
  return {
    object: "quote",
    endpoint: path.slice(1),
    model: planned.model.slug,
    prompt_tokens: { at_most: demand.promptTokens, counted: typical?.promptTokens ?? null },
    output_tokens: {
      at_most: operation.choices === 0 ? 0 : planned.outputTokens,
      choices: operation.choices,
      typical: typical?.output?.outputTokens ?? null,
      typical_basis: typical?.output?.basis ?? null,
      typical_of_requests: typical?.output?.requests ?? null,
    },
    ...toUsd("worst_case", planned.reserveNanoUsd),
    endpoints: candidates.map((candidate, index) => ({
      position: index + 1,
      model: candidate.modelSlug,
      provider: candidate.provider.slug,
      endpoint_id: candidate.id,
      tried: candidate.tried,
      because: candidate.because,
      price_version: candidate.priceVersion.id,
      prices: candidate.priceVersion.prices.map((price) => ({
        unit: price.unit,
        above_context_tokens: price.aboveContextTokens,
        price_nano_usd_per_million: price.platformNanoUsdPerMillion.toString(),
      })),
      ...toUsd("worst_case", worstCaseOf(planned, candidate)),
      ...toUsd("typical", typicalCost(planned, typical, candidate)),
    })),
    ruled_out: excluded.map(({ model, provider, reason, detail }) => ({ model, provider, reason, detail })),
    price_lock: lock && { id: lock.id, expires_at: lock.expiresAt.toISOString() },
  };
}

function toUsd(name: "worst_case" | "typical", amount: NanoUsd | null) {
  return {
    [`${name}_usd`]: amount === null ? null : toUsdNumber(amount),
    [`${name}_nano_usd`]: amount === null ? null : amount.toString(),
  };
}
