import { basePrice, cheapestEndpoint, type PublicModel } from "../../_data/catalog";

export const MODALITIES = ["text", "image", "audio", "video", "file"] as const;
export type Modality = (typeof MODALITIES)[number];

export const OUTPUTS = {
  text: "Text",
  image: "Images",
  video: "Video",
  speech: "Speech",
  transcription: "Transcripts",
  embeddings: "Embeddings",
  rerank: "Rankings",
  moderation: "Moderation",
} as const;
export type Output = keyof typeof OUTPUTS;

/** What a model can do, by the parameter that asks for it. */
export const CAPABILITIES = {
  tools: "Tool calls",
  structured_outputs: "Structured output",
  reasoning_effort: "Reasoning effort",
  response_format: "JSON mode",
  logprobs: "Log probabilities",
  seed: "Seed",
} as const;
export type Capability = keyof typeof CAPABILITIES;

export const CONTEXTS = [32_000, 128_000, 200_000, 1_000_000] as const;
/** Cents per million input tokens. */
export const PRICE_CENTS = [25, 100, 300, 1_000] as const;

export const SORTS = {
  name: "Name",
  newest: "Newest first",
  price: "Cheapest input first",
  context: "Longest context first",
} as const;
export type Sort = keyof typeof SORTS;

export const MAX_COMPARED = 4;

/** The state of the models page, all of it in the address. */
export interface ModelFilters {
  readonly search: string;
  readonly provider: string | null;
  readonly modality: Modality | null;
  readonly output: Output | null;
  readonly capability: Capability | null;
  readonly minContextTokens: number | null;
  readonly maxInputCents: number | null;
  readonly sort: Sort;
  /** Slugs of the models that are chosen to be compared. */
  readonly compared: readonly string[];
}

export const NO_FILTERS: ModelFilters = {
  search: "",
  provider: null,
  modality: null,
  output: null,
  capability: null,
  minContextTokens: null,
  maxInputCents: null,
  sort: "newest",
  compared: [],
};

export type Query = Readonly<Record<string, string | string[] | undefined>>;

/** Reads the address; what is not known counts as not said. */
export function readFilters(query: Query): ModelFilters {
  const text = (name: string) => {
    const value = query[name];
    return typeof value === "string" ? value.trim().slice(0, 200) : "";
  };
  return {
    search: text("q"),
    provider: text("provider").slice(0, 64) || null,
    modality: MODALITIES.find((modality) => modality === text("reads")) ?? null,
    output: keyOf(OUTPUTS, text("writes")),
    capability: keyOf(CAPABILITIES, text("can")),
    minContextTokens: CONTEXTS.find((tokens) => String(tokens) === text("context")) ?? null,
    maxInputCents: PRICE_CENTS.find((cents) => String(cents) === text("price")) ?? null,
    sort: keyOf(SORTS, text("sort")) ?? "newest",
    compared: readCompared(query.compare),
  };
}

/** Slugs of `compare=a&compare=b`: each once, four at most. */
export function readCompared(value: string | string[] | undefined): readonly string[] {
  const slugs = (Array.isArray(value) ? value : [value ?? ""]).filter((slug) => /^[^\s/]+\/\S+$/.test(slug));
  return [...new Set(slugs)].slice(0, MAX_COMPARED);
}

function keyOf<Table extends object>(table: Table, text: string): keyof Table | null {
  return Object.hasOwn(table, text) ? (text as keyof Table) : null;
}

/** The address of the page in this state. */
export function toPath(filters: ModelFilters): string {
  const query = new URLSearchParams();
  const add = (name: string, value: string | number | null) => {
    if (value !== null && value !== "") query.set(name, String(value));
  };
  add("q", filters.search);
  add("provider", filters.provider);
  add("reads", filters.modality);
  add("writes", filters.output);
  add("can", filters.capability);
  add("context", filters.minContextTokens);
  add("price", filters.maxInputCents);
  add("sort", filters.sort === "newest" ? null : filters.sort);
  for (const slug of filters.compared) query.append("compare", slug);
  return query.size > 0 ? `/models?${query}` : "/models";
}

/** The address of the comparison of these models. */
export function comparePath(slugs: readonly string[]): string {
  return `/models/compare?${new URLSearchParams(slugs.map((slug) => ["compare", slug]))}`;
}

/** Equal ones stay in the order of their names. */
export function sortModels(models: readonly PublicModel[], sort: Sort): readonly PublicModel[] {
  const byName = [...models].sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
  if (sort === "newest") return byName.sort((a, b) => (b.releasedOn ?? "").localeCompare(a.releasedOn ?? ""));
  if (sort === "context") return byName.sort((a, b) => b.contextLength - a.contextLength);
  if (sort === "price") return byName.sort((a, b) => compare(inputPrice(a), inputPrice(b)));
  return byName;
}

/** A model without an input price comes last. */
function inputPrice(model: PublicModel): bigint {
  const endpoint = cheapestEndpoint(model);
  return (endpoint && basePrice(endpoint, "input")) ?? BigInt(Number.MAX_SAFE_INTEGER);
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
