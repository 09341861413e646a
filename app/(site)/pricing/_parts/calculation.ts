import { isTokenUnit, type PublicModel, type PublicPrice } from "../../_data/catalog";

export type Unit = PublicPrice["unit"];

/** The state of the calculator, all of it in the address: `model`, `n`, and one number for each unit. */
export interface Calculation {
  readonly slug: string;
  readonly requests: bigint;
  readonly units: Readonly<Partial<Record<Unit, bigint>>>;
}

export const DEFAULT_MODEL = "openai/gpt-4.1-mini";
const DEFAULT_REQUESTS = 100_000n;
const MOST = 1_000_000_000n;

/** What people fill in for a model of tokens; the finer units follow where the model has a price of its own for them. */
const TOKEN_FIELDS: readonly Unit[] = ["input", "cached_input", "output"];
const TYPICAL: Readonly<Partial<Record<Unit, bigint>>> = {
  input: 1_500n,
  output: 420n,
  image: 1n,
  video_second: 5n,
  video: 1n,
  character: 1_000n,
  audio_second: 60n,
  search: 1n,
  request: 1n,
};

export const PRESETS: readonly { readonly name: string; readonly units: Calculation["units"] }[] = [
  { name: "A chat turn", units: { input: 1_500n, output: 420n } },
  { name: "Question over documents", units: { input: 12_000n, output: 600n } },
  { name: "A step of an agent", units: { input: 3_000n, cached_input: 40_000n, output: 900n } },
];

/** The units to ask for: those that some provider of the model sells. */
export function fieldsOf(model: PublicModel): readonly Unit[] {
  const sold = new Set(model.endpoints.flatMap(({ prices }) => prices.map(({ unit }) => unit)));
  const others = [...sold].filter((unit) => !TOKEN_FIELDS.includes(unit));
  return sold.has("input") || sold.has("output")
    ? [
        ...TOKEN_FIELDS.filter((unit) => sold.has(unit) || (unit === "cached_input" && sold.has("input"))),
        ...others,
      ]
    : others;
}

/** True for models that count tokens both ways, which the presets are about. */
export function hasPresets(model: PublicModel): boolean {
  const fields = fieldsOf(model);
  return fields.includes("input") && fields.includes("output") && fields.every(isTokenUnit);
}

type Query = Readonly<Record<string, string | string[] | undefined>>;

/** Reads the address; what is no whole number within bounds counts as not said. */
export function readCalculation(query: Query, model: PublicModel): Calculation {
  const fields = fieldsOf(model);
  const given = fields.flatMap((unit) => {
    const quantity = toQuantity(query[unit]);
    return quantity === null ? [] : [[unit, quantity] as const];
  });
  // Without any number of its own the page opens with an example.
  const units = given.length > 0 ? given : fields.map((unit) => [unit, TYPICAL[unit] ?? 0n] as const);
  return {
    slug: model.slug,
    requests: toQuantity(query.n) ?? DEFAULT_REQUESTS,
    units: Object.fromEntries(units),
  };
}

/** A whole number from 0 to a thousand million; null for anything else. */
export function toQuantity(text: string | string[] | undefined): bigint | null {
  if (typeof text !== "string" || !/^\d{1,10}$/.test(text.trim())) return null;
  const quantity = BigInt(text.trim());
  return quantity <= MOST ? quantity : null;
}

/** The address of the page in this state. */
export function calculationPath({ slug, requests, units }: Calculation): string {
  const query = new URLSearchParams({ model: slug, n: String(requests) });
  for (const [unit, quantity] of Object.entries(units)) query.set(unit, String(quantity));
  return `/pricing?${query}#calculator`;
}
