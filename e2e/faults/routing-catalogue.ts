import { PLACES, type Place } from "./routing-providers";

/** Each case has endpoints of its own, so that what one taught us does not help in the next. */
export const modelOf = (at: number) => `routing/case-${at}`;

/** What stands before `/v1` at every provider: tells the cases and the two gateways apart. */
export const sideOf = (whose: "ours" | "other", at: number) => `${whose}-${at}`;

/** Three providers for each case; the first is the first choice. */
export function catalogue(cases: number, urlOf: (place: Place) => string) {
  const numbers = Array.from({ length: cases }, (_, at) => at);
  const endpoint = (provider: string, priority: number) => ({
    provider,
    upstreamModel: "any",
    source: "test",
    sourceDate: "2026-11-01",
    priority,
    prices: ["input", "output"].map((unit) => ({ unit, usdPerMillion: "0.10" })),
  });
  return {
    version: 1,
    providers: numbers.flatMap((at) =>
      PLACES.map((place) => ({
        slug: `${place}-${at}`,
        name: place,
        kind: "openai-compatible",
        baseUrl: `${urlOf(place)}/${sideOf("ours", at)}/v1`,
      })),
    ),
    models: numbers.map((at) => ({
      slug: modelOf(at),
      name: "Three",
      contextLength: 8_000,
      maxOutputTokens: 1_000,
      inputModalities: ["text"],
      outputModalities: ["text"],
      endpoints: PLACES.map((place, index) => endpoint(`${place}-${at}`, 100 + index)),
    })),
  };
}
