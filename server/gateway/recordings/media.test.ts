// Harm prevented: media billed by another measure than the provider's, and a provider's refusal that is charged or passed off as ours.
import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type AdapterName, type GatewayFixture, startGatewayFixture, USD } from "../fixtures";
import { catalogue as conversations } from "./fixtures";

const ADAPTERS: readonly AdapterName[] = ["node", "web"];
const messages = [{ role: "user" as const, content: "Hello" }];

/** What the recordings of media were made by, each at the unit that it is priced in. */
const MEDIA = [
  ["embed", "embeddings", { unit: "input", usdPerMillion: "500" }],
  ["picture", "image", { unit: "image", usdPerMillion: "40000" }],
  ["whisper", "transcription", { unit: "audio_second", usdPerMillion: "100" }],
] as const;

function catalogue(simulatorUrl: string) {
  const { models, ...rest } = conversations(simulatorUrl);
  const media = MEDIA.map(([slug, makes, price]) => ({
    slug: `test/${slug}`,
    name: slug,
    contextLength: 8_192,
    inputModalities: ["text"],
    outputModalities: [makes],
    endpoints: [
      {
        provider: "chat",
        upstreamModel: slug,
        source: "test",
        sourceDate: "2026-01-01",
        prices: [price],
      },
    ],
  }));
  return { ...rest, models: [...models, ...media] };
}

describe.each(ADAPTERS)("other recordings behind the %s adapter", (adapter) => {
  let fixture: GatewayFixture;
  beforeAll(async () => {
    fixture = await startGatewayFixture(adapter, { catalogue, credentials: { google: "key" } });
  });
  afterAll(() => fixture.close());
  beforeEach(() => fixture.simulator.reset());

  async function costOf<T>(recording: string, work: (client: OpenAI) => Promise<T>) {
    const { client, organizationId } = await fixture.customer(USD);
    fixture.simulator.control({ recording, chunkBytes: [7, 1, 300, 13] });
    const result = await work(client);
    await fixture.settled();
    expect(await fixture.violations()).toEqual([]);
    const { totalNanoUsd, reservedNanoUsd } = await fixture.balance(organizationId);
    expect(reservedNanoUsd).toBe(0n);
    return { result, cost: USD - totalNanoUsd };
  }

  it("embeddings: two tokens, and the vectors that were sent as base64", async () => {
    const { result, cost } = await costOf("openai-embedding-base64.json", (client) =>
      client.embeddings.create({ model: "test/embed", input: ["hello", "world"] }),
    );
    expect(result.usage).toMatchObject({ prompt_tokens: 2 });
    expect(result.data).toHaveLength(2);
    expect(result.data[0]?.embedding).toHaveLength(1_536);
    expect(cost).toBe(2n * 500_000n);
  });

  it("images: two pictures, counted since no usage is told", async () => {
    const { result, cost } = await costOf("openai-image-b64.json", (client) =>
      client.images.generate({ model: "test/picture", prompt: "An otter", n: 2 }),
    );
    expect(result.data).toHaveLength(2);
    expect(cost).toBe(2n * 40_000_000n);
  });

  it("transcriptions: the provider's 37 seconds", async () => {
    const { cost } = await costOf("openai-transcription-duration.json", (client) =>
      client.audio.transcriptions.create({
        model: "test/whisper",
        response_format: "verbose_json",
        file: new File([new Uint8Array(600_000)], "speech.mp3", { type: "audio/mpeg" }),
      }),
    );
    expect(cost).toBe(37n * 100_000n);
  });

  const refusalOf = (work: Promise<unknown>) => work.then(() => null, (thrown: unknown) => thrown);

  it.each([
    ["openai-chat-error-400.json", "test/chat", 400, /Unsupported value/],
    ["anthropic-error-404.json", "test/messages", 502, /not charged/],
    ["gemini-error-429.json", "test/google", 502, /not charged/],
  ])("%s: a refusal that costs nothing", async (recording, model, status, message) => {
    const { result, cost } = await costOf(recording, (client) =>
      refusalOf(client.chat.completions.create({ model, messages })),
    );
    expect(result).toBeInstanceOf(OpenAI.APIError);
    expect(result).toMatchObject({ status, message: expect.stringMatching(message) });
    expect(cost).toBe(0n);
    if (recording.startsWith("gemini"))
      expect((result as InstanceType<typeof OpenAI.APIError>).headers?.get("retry-after")).toBe("35");
  });
});
