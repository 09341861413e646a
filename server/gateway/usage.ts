import { meanMs, readUsage, type UsageGroup, type UsageRow } from "@/server/logs";
import { AppError } from "@/server/platform/errors";
import { toUsdNumber } from "@/server/platform/money";
import { toJsonAnswer } from "./answers";
import { authenticateReader } from "./introspection";
import type { GatewayDeps, GatewayRequest, GatewayResponse } from "./types";

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 30;
/** An inference key reads what it spent itself; who else spent what is for people and management keys. */
const GROUPS: readonly UsageGroup[] = ["model", "provider"];

/**
 * `GET usage?from=&to=&time_zone=&group_by=day,model,provider`: what the presented key used, from hourly roll-ups.
 * `from` and `to` are instants (ISO 8601, `to` excluded); the last 30 days when left out.
 */
export async function usageAnswer(
  deps: GatewayDeps,
  request: GatewayRequest,
  requestId: string,
): Promise<GatewayResponse> {
  const { key } = await authenticateReader(deps, request, requestId);
  const toMs = instantOf(request, "to") ?? deps.clock.nowMs() + 1;
  const fromMs = instantOf(request, "from") ?? toMs - DEFAULT_DAYS * DAY_MS;
  const asked = groupsOf(request);
  const timeZone = request.query.get("time_zone") ?? "UTC";
  const rows = await readUsage(deps.db, {
    organizationId: key.organizationId,
    fromMs,
    toMs,
    timeZone,
    byDay: asked.includes("day"),
    groupBy: GROUPS.filter((group) => asked.includes(group)),
    filters: { key: key.keyId },
  });
  return toJsonAnswer(
    {
      object: "list",
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
      time_zone: timeZone,
      group_by: asked,
      data: rows.map(toItem),
    },
    requestId,
  );
}

function toItem(row: UsageRow) {
  return {
    ...(row.day === null ? {} : { day: row.day }),
    ...row.groups,
    requests: row.requests,
    failed_requests: row.failed,
    input_tokens: row.inputTokens,
    cached_input_tokens: row.cachedInputTokens,
    output_tokens: row.outputTokens,
    /** Means over requests that ended, milliseconds. */
    latency_ms: meanMs(row.latency),
    ttft_ms: meanMs(row.ttft),
    cost: toUsdNumber(row.costNanoUsd),
    cost_nano_usd: row.costNanoUsd.toString(),
  };
}

function instantOf(request: GatewayRequest, name: "from" | "to"): number | null {
  const text = request.query.get(name);
  if (text === null) return null;
  const isInstant = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text);
  const ms = isInstant ? Date.parse(text) : Number.NaN;
  // JavaScript takes the 30th of February for the 2nd of March.
  const isDay = Number(text.slice(8, 10)) === new Date(`${text.slice(0, 10)}T00:00:00Z`).getUTCDate();
  if (Number.isFinite(ms) && isDay) return ms;
  throw new AppError("invalid_request", {
    message: `\`${name}\` must be a day or an instant, such as 2026-11-01 or 2026-11-01T00:00:00+01:00.`,
    param: name,
  });
}

function groupsOf(request: GatewayRequest): readonly string[] {
  const asked = (request.query.get("group_by") ?? "day").split(",").filter((name) => name !== "");
  const known: readonly string[] = ["day", ...GROUPS];
  const unknown = asked.find((name) => !known.includes(name));
  if (unknown === undefined) return [...new Set(asked)];
  throw new AppError("invalid_request", {
    message: `\`group_by\` takes ${known.join(", ")}, separated by commas.`,
    param: "group_by",
  });
}
