import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "@/server/trpc";

export type RoutingPolicy = inferRouterOutputs<AppRouter>["routing"]["policy"];

/** A policy as people type it: lists by comma or line, tables a line each. */
export interface PolicyForm {
  readonly allowedModels: string;
  readonly blockedModels: string;
  readonly allowedProviders: string;
  readonly blockedProviders: string;
  readonly noTraining: boolean;
  readonly zeroRetention: boolean;
  readonly regions: string;
  readonly pinnedProvider: string;
  readonly providerOrder: string;
  /** Empty: price weighed against health. */
  readonly sort: string;
  readonly allowFallbacks: boolean;
  /** Per cent; empty: the default. */
  readonly maxFallbackPremium: string;
  readonly fallbackModels: string;
  readonly contextFallbackModels: string;
  readonly contentFallbackModels: string;
  readonly timeouts: string;
}

export type FormErrors = Partial<Record<keyof PolicyForm, string>>;

const PERCENT = 100;
const MS = 1_000;

export function toForm(policy: RoutingPolicy): PolicyForm {
  const list = (values: readonly string[] | null) => (values ?? []).join("\n");
  const table = (chains: RoutingPolicy["fallbackModels"]) =>
    Object.entries(chains)
      .map(([model, chain]) => `${model}: ${chain.join(", ")}`)
      .join("\n");
  return {
    allowedModels: list(policy.allowedModels),
    blockedModels: list(policy.blockedModels),
    allowedProviders: list(policy.allowedProviders),
    blockedProviders: list(policy.blockedProviders),
    noTraining: policy.noTraining,
    zeroRetention: policy.zeroRetention,
    regions: (policy.regions ?? []).join(", "),
    pinnedProvider: policy.pinnedProvider ?? "",
    providerOrder: list(policy.providerOrder),
    sort: policy.sort ?? "",
    allowFallbacks: policy.allowFallbacks,
    maxFallbackPremium:
      policy.maxFallbackPremium === null ? "" : String(Math.round(policy.maxFallbackPremium * PERCENT)),
    fallbackModels: table(policy.fallbackModels),
    contextFallbackModels: table(policy.contextFallbackModels),
    contentFallbackModels: table(policy.contentFallbackModels),
    timeouts: Object.entries(policy.timeouts)
      .map(([model, { firstTokenMs, totalMs }]) => `${model}: ${seconds(firstTokenMs)}, ${seconds(totalMs)}`)
      .join("\n"),
  };
}

/** What was typed as a policy, or what is wrong with it by field. */
export function toPolicy(
  form: PolicyForm,
): { readonly policy: RoutingPolicy; readonly errors: null } | { readonly errors: FormErrors } {
  const errors: Partial<Record<keyof PolicyForm, string>> = {};
  const attempt = <Value>(field: keyof PolicyForm, read: () => Value, otherwise: Value): Value => {
    try {
      return read();
    } catch (reason) {
      errors[field] = reason instanceof Error ? reason.message : String(reason);
      return otherwise;
    }
  };
  const chains = (field: "fallbackModels" | "contextFallbackModels" | "contentFallbackModels") =>
    attempt(field, () => readTable(form[field], toNames), {});
  const regions = toNames(form.regions.toLowerCase());
  if (regions.some((region) => !/^[a-z]{2,12}$/.test(region)))
    errors.regions = "Regions are words such as eu or us.";
  const policy: RoutingPolicy = {
    allowedModels: orNull(toNames(form.allowedModels)),
    blockedModels: toNames(form.blockedModels),
    allowedProviders: orNull(toNames(form.allowedProviders)),
    blockedProviders: toNames(form.blockedProviders),
    noTraining: form.noTraining,
    zeroRetention: form.zeroRetention,
    regions: orNull(regions),
    pinnedProvider: form.pinnedProvider.trim() || null,
    providerOrder: toNames(form.providerOrder),
    sort: form.sort === "price" || form.sort === "latency" || form.sort === "throughput" ? form.sort : null,
    allowFallbacks: form.allowFallbacks,
    maxFallbackPremium: attempt("maxFallbackPremium", () => readPercent(form.maxFallbackPremium), null),
    fallbackModels: chains("fallbackModels"),
    contextFallbackModels: chains("contextFallbackModels"),
    contentFallbackModels: chains("contentFallbackModels"),
    timeouts: attempt("timeouts", () => readTable(form.timeouts, readTimeouts), {}),
  };
  return Object.keys(errors).length > 0 ? { errors } : { policy, errors: null };
}

function toNames(text: string): string[] {
  return [...new Set(text.split(/[\s,]+/).filter((name) => name !== ""))];
}

function orNull(names: string[]): string[] | null {
  return names.length === 0 ? null : names;
}

function readPercent(text: string): number | null {
  if (text.trim() === "") return null;
  const percent = Number(text.replace("%", ""));
  if (!Number.isFinite(percent) || percent < 0) throw new Error("A number of per cent, such as 50.");
  return percent / PERCENT;
}

/** Lines of `model: …`. @throws Error that names the line */
function readTable<Entry>(text: string, read: (rest: string) => Entry): Record<string, Entry> {
  const table: Record<string, Entry> = {};
  for (const line of text.split("\n").filter((one) => one.trim() !== "")) {
    const [, model = "", rest = ""] = /^\s*(\*|[^\s:]+(?::[^\s:]+)*)\s*:\s+(.+)$/.exec(line) ?? [];
    if (model === "" || rest.trim() === "")
      throw new Error(`“${line.trim().slice(0, 80)}” is not of the form “author/model: …”.`);
    table[model] = read(rest);
  }
  return table;
}

const NO_LIMIT = "–";

function seconds(ms: number | undefined): string {
  return ms === undefined ? NO_LIMIT : String(ms / MS);
}

function readTimeouts(rest: string): RoutingPolicy["timeouts"][string] {
  const [first = "", total = "", ...more] = rest.split(",").map((part) => part.trim());
  if (more.length > 0) throw new Error("Two times by comma: to the first token, and in all.");
  const firstTokenMs = readSeconds(first);
  const totalMs = readSeconds(total);
  return {
    ...(firstTokenMs === null ? {} : { firstTokenMs }),
    ...(totalMs === null ? {} : { totalMs }),
  };
}

function readSeconds(text: string): number | null {
  if (text === "" || text === "-" || text === NO_LIMIT) return null;
  const value = Number(text.replace(/s$/, ""));
  if (!Number.isFinite(value) || value < 0.5 || value > 800)
    throw new Error(`“${text}” is no number of seconds from 0.5 to 800.`);
  return Math.round(value * MS);
}
