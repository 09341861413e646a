import type { AuditActor } from "@/server/audit";
import { drainEndpoint, overrideHealth } from "@/server/catalog";
import { AppError } from "@/server/platform/errors";
import { type HealthSummary, readBoard } from "@/server/routing";
import type { Command } from "./commands";
import { optionalText, requiredText } from "./options";

const BY_COMMAND: AuditActor = { kind: "operator", id: null, label: "operator command line", ip: null };
const STATES = ["open", "closed", "auto"] as const;
const PERCENT = 100;

export const healthList: Command = {
  usage: "[--model AUTHOR/NAME]",
  summary:
    "Every endpoint with the operator's word, its open outage, and its traffic over 5 minutes, 30 minutes and a day.",
  options: { model: { type: "string" } },
  async run({ db, clock }, values) {
    const named = optionalText(values, "model");
    const rows = await readBoard(db, clock.nowMs(), named ?? "");
    return {
      endpoints: rows
        .filter(({ model }) => named === undefined || model === named)
        .map((row) => ({
          endpoint: row.endpointId,
          model: row.model,
          provider: row.provider,
          status: row.status,
          forced: row.forced ?? "auto",
          outageSince: row.outage?.since.toISOString() ?? null,
          last5m: toFigures(row.last5m),
          last30m: toFigures(row.last30m),
          last1d: toFigures(row.last1d),
        })),
    };
  },
};

function toFigures(seen: HealthSummary | null) {
  if (!seen) return null;
  const whole = (figure: number | null) => (figure === null ? null : Math.round(figure));
  return {
    requests: seen.requests,
    uptimePercent: seen.successShare === null ? null : seen.successShare * PERCENT,
    firstTokenMs: { p50: whole(seen.firstTokenMsP50), p95: whole(seen.firstTokenMsP95) },
    latencyMs: { p50: whole(seen.durationMsP50), p95: whole(seen.durationMsP95) },
    tokensPerSecond: { p50: whole(seen.tokensPerSecondP50), p95: whole(seen.tokensPerSecondP95) },
  };
}

export const healthForce: Command = {
  usage: "--endpoint EP --state open|closed|auto",
  summary:
    "Takes an endpoint out (open), keeps it in whatever traffic shows (closed), or leaves it to its breaker (auto).",
  options: { endpoint: { type: "string" }, state: { type: "string" } },
  async run({ db, clock }, values) {
    const endpointId = requiredText(values, "endpoint");
    const named = requiredText(values, "state");
    const state = STATES.find((known) => known === named);
    if (!state)
      throw new AppError("invalid_request", {
        message: `--state must be one of ${STATES.join(", ")}.`,
        param: "state",
      });
    await overrideHealth(db, clock, BY_COMMAND, { endpointId, state });
    return { endpoint: endpointId, forced: state };
  },
};

export const healthDrain: Command = {
  usage: "--endpoint EP [--undo]",
  summary: "Sends no new request to an endpoint; what runs there ends by itself. --undo offers it again.",
  options: { endpoint: { type: "string" }, undo: { type: "boolean" } },
  async run({ db, clock }, values) {
    const endpointId = requiredText(values, "endpoint");
    const isDrained = values.undo !== true;
    await drainEndpoint(db, clock, BY_COMMAND, { endpointId, isDrained });
    return { endpoint: endpointId, drained: isDrained };
  },
};
