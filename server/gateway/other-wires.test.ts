// Harm prevented: a provider that is called at an address that it does not have, again and again, and taken for broken.
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type GatewayFixture, startGatewayFixture, USD } from "./fixtures";

/** Model by model: what it makes, and at which provider. */
const MODELS = [
  ["tts", "speech", "gemini"],
  ["whisper", "transcription", "gemini"],
  ["rerank", "rerank", "gemini"],
  ["moderation", "moderation", "gemini"],
  ["embed", "embeddings", "gemini"],
  ["openai-embed", "embeddings", "openai"],
] as const;
const KINDS = { gemini: "google", openai: "openai-responses" } as const;

function catalogue(simulatorUrl: string) {
  return {
    version: 1,
    providers: Object.entries(KINDS).map(([slug, kind]) => ({
      slug,
      name: slug,
      kind,
      baseUrl: `${simulatorUrl}/${slug}/v1`,
    })),
    models: MODELS.map(([slug, makes, provider]) => ({
      slug: `test/${slug}`,
      name: slug,
      contextLength: 8_192,
      inputModalities: ["text"],
      outputModalities: [makes],
      endpoints: [
        {
          provider,
          upstreamModel: slug,
          source: "test",
          sourceDate: "2026-01-01",
          prices: ["input", "character", "audio_second"].map((unit) => ({ unit, usdPerMillion: "1" })),
        },
      ],
    })),
  };
}

let fixture: GatewayFixture;
beforeAll(async () => {
  fixture = await startGatewayFixture("node", { catalogue });
});
afterAll(() => fixture.close());
beforeEach(() => fixture.simulator.reset());

const json = (body: object) => ({
  body: JSON.stringify(body),
  headers: { "content-type": "application/json" },
});
const form = (model: string) => {
  const body = new FormData();
  body.append("model", model);
  body.append("file", new File([new Uint8Array(9_000)], "a.mp3", { type: "audio/mpeg" }));
  return { body, headers: {} };
};

it.each([
  ["/embeddings", json({ model: "test/embed", input: "x" })],
  ["/moderations", json({ model: "test/moderation", input: "x" })],
  ["/rerank", json({ model: "test/rerank", query: "a", documents: ["a"] })],
  ["/audio/speech", json({ model: "test/tts", voice: "a", input: "x" })],
  ["/audio/transcriptions", form("test/whisper")],
] as const)("nobody is asked in a wire that is not theirs: %s", async (path, init) => {
  const { secret, organizationId } = await fixture.customer(USD);
  const response = await fetch(`${fixture.baseUrl}${path}`, {
    method: "POST",
    body: init.body,
    headers: { ...init.headers, authorization: `Bearer ${secret}` },
  });
  expect(response.status).toBe(503);
  expect(await response.json()).toMatchObject({ error: { code: "no_available_provider" } });
  expect(fixture.simulator.requests()).toEqual([]);
  expect(await fixture.balance(organizationId)).toMatchObject({ totalNanoUsd: USD, reservedNanoUsd: 0n });
});

it("a provider of responses has embeddings as OpenAI has them", async () => {
  const { client } = await fixture.customer(USD);
  const { data } = await client.embeddings.create({ model: "test/openai-embed", input: "x" });
  expect(data).toHaveLength(1);
});
