import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { PROVIDER_KINDS } from "@/db/schema/catalog";
import {
  addCredential,
  addEndpoint,
  addModel,
  disableCredential,
  importCatalog,
  setProvider,
} from "@/server/catalog";
import { AppError } from "@/server/platform/errors";
import { PROFILES } from "@/server/providers";
import type { Command, OptionValues } from "./commands";
import type { OperatorConsole } from "./console";
import { optionalText, requiredText } from "./options";

export const SEED_FILE = join("db", "seed", "catalogue.json");

export const catalogImport: Command = {
  usage: "[--file FILE] [--simulated-base-url URL]",
  summary:
    "Adds and updates models, providers, endpoints and prices. Without --file: the list prices that come with the product.",
  options: { file: { type: "string" }, "simulated-base-url": { type: "string" } },
  run: (console, values) =>
    importFile(
      console,
      optionalText(values, "file") ?? SEED_FILE,
      optionalText(values, "simulated-base-url"),
    ),
};

/** Imports a catalogue file. With a simulator's URL all providers of the file are answered by it, and labelled so. */
export async function importFile(
  console: OperatorConsole,
  file: string,
  simulatedBaseUrl: string | undefined,
) {
  const content: unknown = JSON.parse(await readFile(file, "utf8"));
  const summary = await importCatalog(console.db, content, {
    nowMs: console.clock.nowMs(),
    simulatedBaseUrl,
  });
  return { ...summary };
}

export const providerAdd: Command = {
  usage:
    "--name SLUG --base-url URL [--kind KIND] [--api-key KEY] [--profile NAME] [--title TEXT] [--trains-on-prompts yes|no] [--retention-days N] [--regions eu,us] [--disabled]",
  summary:
    "Enters a provider, or changes it. The key is sealed with AUTH_SECRET; leave it out for a provider that needs none.",
  options: {
    name: { type: "string" },
    kind: { type: "string" },
    "base-url": { type: "string" },
    "api-key": { type: "string" },
    profile: { type: "string" },
    title: { type: "string" },
    "trains-on-prompts": { type: "string" },
    "retention-days": { type: "string" },
    regions: { type: "string" },
    disabled: { type: "boolean" },
  },
  async run(console, values) {
    const slug = requiredText(values, "name");
    const named = optionalText(values, "kind") ?? "openai-compatible";
    const kind = PROVIDER_KINDS.find((known) => known === named);
    if (!kind)
      throw new AppError("invalid_request", {
        message: `--kind must be one of ${PROVIDER_KINDS.join(", ")}.`,
        param: "kind",
      });
    const { id, created, status } = await setProvider(console.db, console.secretBox(), {
      slug,
      name: optionalText(values, "title") ?? slug,
      kind,
      baseUrl: requiredText(values, "base-url"),
      apiKey: optionalText(values, "api-key"),
      trainsOnPrompts: optionalYesNo(values, "trains-on-prompts"),
      retentionDays: optionalNumber(values, "retention-days"),
      regions: optionalText(values, "regions")?.split(","),
      activate: values.disabled !== true,
      profile: profileOf(values),
    });
    return { providerId: id, slug, created, status };
  },
};

/** The quirks of a host that its address does not give away. */
function profileOf(values: OptionValues): string | null {
  const named = optionalText(values, "profile");
  if (named === undefined) return null;
  if (Object.hasOwn(PROFILES, named)) return named;
  throw new AppError("invalid_request", {
    message: `--profile must be one of ${Object.keys(PROFILES).join(", ")}.`,
    param: "profile",
  });
}

export const credentialAdd: Command = {
  usage: "--provider SLUG --label TEXT --api-key KEY",
  summary:
    "Gives a provider another key. Calls take turns; a refused key rests, and the next one answers the same request.",
  options: { provider: { type: "string" }, label: { type: "string" }, "api-key": { type: "string" } },
  async run(console, values) {
    const { id } = await addCredential(console.db, console.secretBox(), {
      provider: requiredText(values, "provider"),
      label: requiredText(values, "label"),
      apiKey: requiredText(values, "api-key"),
    });
    return { credentialId: id };
  },
};

export const credentialDisable: Command = {
  usage: "--provider SLUG --label TEXT",
  summary: "Takes a key of a provider out of use. The key that came with the provider is named `default`.",
  options: { provider: { type: "string" }, label: { type: "string" } },
  async run(console, values) {
    const { id } = await disableCredential(console.db, {
      provider: requiredText(values, "provider"),
      label: requiredText(values, "label"),
    });
    return { credentialId: id };
  },
};

export const modelAdd: Command = {
  usage: "--slug AUTHOR/NAME --context TOKENS [--max-output TOKENS] [--title TEXT] [--description TEXT]",
  summary: "Enters a text model that the catalogue does not have.",
  options: {
    slug: { type: "string" },
    context: { type: "string" },
    "max-output": { type: "string" },
    title: { type: "string" },
    description: { type: "string" },
  },
  async run({ db }, values) {
    const slug = requiredText(values, "slug");
    const { id } = await addModel(db, {
      slug,
      name: optionalText(values, "title") ?? slug,
      description: optionalText(values, "description") ?? "",
      contextLength: Number(requiredText(values, "context")),
      maxOutputTokens: optionalNumber(values, "max-output") ?? null,
      inputModalities: ["text"],
      outputModalities: ["text"],
    });
    return { modelId: id, slug };
  },
};

const PRICE_OPTIONS = {
  input: "input",
  "cached-input": "cached_input",
  "cache-write": "cache_write",
  output: "output",
  request: "request",
} as const;

export const endpointAdd: Command = {
  usage:
    "--model AUTHOR/NAME --provider SLUG --input USD --output USD [--cached-input USD] [--cache-write USD] [--request USD] [--upstream-model NAME] [--context TOKENS] [--max-output TOKENS] [--priority N] [--source TEXT]",
  summary:
    "Offers a model at a provider. Prices in USD per million tokens (requests); other prices than before become a new version.",
  options: {
    model: { type: "string" },
    provider: { type: "string" },
    "upstream-model": { type: "string" },
    context: { type: "string" },
    "max-output": { type: "string" },
    priority: { type: "string" },
    source: { type: "string" },
    ...Object.fromEntries(Object.keys(PRICE_OPTIONS).map((name) => [name, { type: "string" as const }])),
  },
  async run({ db, clock }, values) {
    const nowMs = clock.nowMs();
    const model = requiredText(values, "model");
    requiredText(values, "input");
    requiredText(values, "output");
    const prices = Object.entries(PRICE_OPTIONS).flatMap(([option, unit]) => {
      const usdPerMillion = optionalText(values, option);
      return usdPerMillion === undefined ? [] : [{ unit, usdPerMillion }];
    });
    const added = await addEndpoint(
      db,
      {
        model,
        provider: requiredText(values, "provider"),
        upstreamModel: optionalText(values, "upstream-model") ?? model,
        contextLength: optionalNumber(values, "context"),
        maxOutputTokens: optionalNumber(values, "max-output"),
        priority: optionalNumber(values, "priority") ?? 100,
        source: optionalText(values, "source") ?? "operator",
        sourceDate: new Date(nowMs).toISOString().slice(0, 10),
        prices,
      },
      nowMs,
    );
    return { endpointId: added.id, created: added.created, priceVersionAdded: added.priceVersionAdded };
  },
};

function optionalNumber(values: OptionValues, name: string): number | undefined {
  const text = optionalText(values, name);
  return text === undefined ? undefined : Number(text);
}

function optionalYesNo(values: OptionValues, name: string): boolean | undefined {
  const text = optionalText(values, name);
  if (text === undefined || text === "yes" || text === "no")
    return text === undefined ? undefined : text === "yes";
  throw new AppError("invalid_request", { message: `--${name} is yes or no.`, param: name });
}
