import { afterAll, beforeAll, expect, it } from "vitest";
import { type GatewayFixture, startGatewayFixture } from "./fixtures";

/** Models by unit and price in USD per million; a number behind `>` is where a price of long prompts begins. */
const MODELS = {
  text: ["text", { input: "1.25", output: "10", "input>200000": "2.5", "output>200000": "15" }],
  megapixels: ["image", { image_megapixel: "25000" }],
  letters: ["speech", { character: "15" }],
  voice: ["speech", { input: "0.6", audio_output: "12" }],
  seconds: ["transcription", { audio_second: "100" }],
  films: ["video", { video_second: "70000" }],
  machines: ["video", { gpu_second: "1400" }],
} as const;

const catalogue = (simulatorUrl: string) => ({
  version: 1,
  providers: [
    { slug: "first", name: "First", kind: "openai-compatible", baseUrl: `${simulatorUrl}/first/v1` },
  ],
  models: Object.entries(MODELS).map(([slug, [makes, prices]]) => ({
    slug: `test/${slug}`,
    name: slug,
    contextLength: 1_000_000,
    inputModalities: ["text"],
    outputModalities: [makes],
    endpoints: [
      {
        provider: "first",
        upstreamModel: slug,
        source: "test",
        sourceDate: "2026-01-01",
        prices: Object.entries(prices).map(([name, usdPerMillion]) => {
          const [unit, above] = name.split(">");
          return { unit, usdPerMillion, ...(above ? { aboveContextTokens: Number(above) } : {}) };
        }),
      },
    ],
  })),
});

let fixture: GatewayFixture;
beforeAll(async () => {
  fixture = await startGatewayFixture("node", { catalogue });
});
afterAll(() => fixture.close());

// Harm prevented: a price that nobody is told before it is charged.
it("lists every model with its price, those of long prompts among them", async () => {
  const answer = await fixture.fetch(`${fixture.baseUrl}/models`);
  const { data } = (await answer.json()) as { data: { id: string; pricing: unknown }[] };
  expect(Object.fromEntries(data.map(({ id, pricing }) => [id, pricing]))).toEqual({
    "test/text": {
      prompt: "0.00000125",
      completion: "0.00001",
      overrides: [{ above_prompt_tokens: 200_000, prompt: "0.0000025", completion: "0.000015" }],
    },
    "test/megapixels": { image_megapixel: "0.025" },
    "test/letters": { character: "0.000015" },
    "test/voice": { prompt: "0.0000006", audio_output: "0.000012" },
    "test/seconds": { audio_second: "0.0001" },
    "test/films": { video_second: "0.07" },
    "test/machines": { gpu_second: "0.0014" },
  });
});
