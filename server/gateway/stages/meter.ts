import { isPriced, priceUsage, type Units, type UsageUnit } from "@/server/catalog";
import type { Charge, UsageBasis, UsageFlag } from "@/server/ledger";
import type { FinalUsage, TokenUsage, UsageCost } from "@/server/protocols/model";
import type { Candidate } from "../operation";
import type { GatewayDeps } from "../types";
import type { Admitted } from "./admit";
import type { CalledStream, CalledWhole } from "./call";
import { flagsOf } from "./plausible";

/** What a provider's answer came to. */
export interface Metered {
  readonly usage: TokenUsage;
  readonly rawUsage: unknown;
  readonly basis: UsageBasis;
  readonly flags: readonly UsageFlag[];
  readonly charge: Charge;
  /** As the customer is charged: never above what was reserved. */
  readonly cost: UsageCost;
}

interface Metering {
  readonly admitted: Admitted;
  readonly candidate: Candidate;
}

/** A whole answer's account. Null when nothing is owed: nothing was generated, and nothing finished. */
export async function meterAnswer(deps: GatewayDeps, called: CalledWhole): Promise<Metered | null> {
  const { answer } = called;
  const text = answer.usage === null || answer.finishReason === null ? answer.generatedText() : null;
  if (text === "" && answer.finishReason === null) return null;
  return meterReported(deps, called, {
    usage: answer.usage,
    units: answer.units ?? {},
    rawUsage: answer.rawUsage,
    generatedText: () => text ?? answer.generatedText(),
  });
}

/**
 * A stream's account: the provider's own numbers when it sent them, our count of what was delivered when it did not.
 * Null when nothing is owed: there was no output, and no proper end either.
 */
export async function meterStream(
  deps: GatewayDeps,
  called: CalledStream,
  isComplete: boolean,
): Promise<Metered | null> {
  const { usage, promptUsage, rawUsage, finishReason } = called.relay.state();
  const needsText = usage === null || !isComplete || finishReason === null;
  const text = needsText ? called.relay.generatedText() : null;
  if (text === "" && (!isComplete || finishReason === null)) return null;
  return meterReported(deps, called, {
    usage,
    promptUsage: promptUsage ?? null,
    units: {},
    rawUsage,
    generatedText: () => text ?? called.relay.generatedText(),
  });
}

interface Reported {
  readonly usage: TokenUsage | null;
  /** The prompt's side alone, where the provider tells it before the answer. */
  readonly promptUsage?: TokenUsage | null;
  readonly units: Units;
  readonly rawUsage: unknown;
  generatedText(): string;
}

/**
 * The provider's numbers, if there are any that can be true. Others are not charged: what we counted is, and the record
 * keeps theirs, flagged, for the reconciliation with the provider.
 */
async function meterReported(deps: GatewayDeps, metering: Metering, reported: Reported): Promise<Metered> {
  const { usage, units, rawUsage } = reported;
  if (usage === null)
    return meterByCounting(deps, metering, reported.generatedText(), reported.promptUsage ?? null);
  const flags = flagsOf(metering.admitted, metering.candidate, usage);
  if (!flags.includes("implausible"))
    return meter(metering, { usage, units, rawUsage, basis: "provider", flags });
  deps.log.warn(
    { generationId: metering.admitted.generationId, rawUsage },
    "implausible usage was not believed",
  );
  const counted = await metering.admitted.operation.count(deps.countTokens, reported.generatedText());
  return meter(metering, { usage: counted, units, rawUsage, basis: "counted", flags });
}

/**
 * Counts what was delivered when the provider did not say: the text relayed so far, and the prompt, unless the provider
 * has at least said what that was (what it read from its cache is cheaper, which no count of ours can know).
 */
export async function meterByCounting(
  deps: GatewayDeps,
  metering: Metering,
  generatedText: string,
  promptUsage: TokenUsage | null = null,
): Promise<Metered> {
  const counted = await metering.admitted.operation.count(deps.countTokens, generatedText);
  const { completionTokens, output } = counted;
  const usage = promptUsage ? { ...promptUsage, completionTokens, output } : counted;
  return meter(metering, { usage, units: {}, rawUsage: null, basis: "counted", flags: [] });
}

interface Believed {
  readonly usage: TokenUsage;
  readonly units: Units;
  readonly rawUsage: unknown;
  readonly basis: UsageBasis;
  readonly flags: readonly UsageFlag[];
}

/** Prices what was used. */
function meter({ admitted, candidate }: Metering, believed: Believed): Metered {
  const { usage, rawUsage, basis } = believed;
  const version = candidate.priceVersion;
  const used: Units = { ...toUnits(usage), ...believed.units };
  const units: Units = isPriced(version, "request") ? { request: 1n } : {};
  let isUnpriced = false;
  for (const [name, quantity] of Object.entries(used)) {
    const unit = name as UsageUnit;
    if (quantity === 0n) continue;
    // A provider may run a tool that the catalogue has no price for. That is our loss to find, not an answer to lose.
    if (isPriced(version, unit)) units[unit] = quantity;
    else isUnpriced = true;
  }
  const { lines, costNanoUsd, supplierCostNanoUsd } = priceUsage(version, units, usage.promptTokens);
  const { output, reasoning, audio_output, ...prompt } = units;
  const charged = costNanoUsd < admitted.reserveNanoUsd ? costNanoUsd : admitted.reserveNanoUsd;
  return {
    usage,
    rawUsage,
    basis,
    flags: isUnpriced ? [...believed.flags, "unpriced"] : believed.flags,
    charge: { costNanoUsd, supplierCostNanoUsd, lines, endpointId: candidate.id, priceVersionId: version.id },
    cost: {
      costNanoUsd: charged,
      inputCostNanoUsd: priceUsage(version, prompt, usage.promptTokens).costNanoUsd,
      outputCostNanoUsd: priceUsage(version, { output, reasoning, audio_output }, usage.promptTokens)
        .costNanoUsd,
    },
  };
}

/** The account as the client's usage object tells it. Numbers that were not believed stay on the record, and go no further. */
export function toFinalUsage({ usage, rawUsage, cost, flags }: Metered): FinalUsage {
  return { usage, rawUsage: flags.includes("implausible") ? null : rawUsage, cost };
}

function toUnits(usage: TokenUsage): Units {
  return {
    input: BigInt(usage.input),
    cached_input: BigInt(usage.cachedInput),
    cache_write: BigInt(usage.cacheWrite),
    cache_write_1h: BigInt(usage.cacheWrite1h),
    audio_input: BigInt(usage.audioInput),
    output: BigInt(usage.output),
    reasoning: BigInt(usage.reasoning),
    audio_output: BigInt(usage.audioOutput),
    search: BigInt(usage.searches),
  };
}
