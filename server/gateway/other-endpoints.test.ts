import type OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type AdapterName, type GatewayFixture, startGatewayFixture, USD } from "./fixtures";

/** Model by model: what it makes, who serves it under which name, at which price in USD per million units. */
const MODELS = [
  ["embed", "embeddings", "first", "text-embedding", { input: "0.02" }],
  ["embed-cohere", "embeddings", "cohere", "embed-v4", { input: "0.12" }],
  ["moderation", "moderation", "first", "omni-moderation", { request: "0" }],
  ["rerank", "rerank", "cohere", "rerank-v3.5", { search: "2000" }],
  ["gpt-image", "image", "first", "gpt-image-1", { input: "5", image_input: "10", output: "40" }],
  ["flux", "image", "first", "flux", { image_megapixel: "25000" }],
  ["tts", "speech", "first", "tts-1", { character: "15" }],
  ["mini-tts", "speech", "first", "mini-tts", { input: "0.6", audio_output: "12" }],
  ["whisper", "transcription", "first", "whisper-1", { audio_second: "100" }],
  ["transcribe", "transcription", "first", "transcribe", { input: "2.5", audio_input: "6", output: "10" }],
] as const;

function catalogue(simulatorUrl: string) {
  const model = (slug: string, makes: string, endpoints: readonly unknown[]) => ({
    slug: `test/${slug}`,
    name: slug,
    contextLength: 8_192,
    inputModalities: ["text"],
    outputModalities: [makes],
    endpoints,
  });
  const endpoint = (provider: string, upstreamModel: string, prices: Readonly<Record<string, string>>) => ({
    provider,
    upstreamModel,
    source: "test",
    sourceDate: "2026-01-01",
    prices: Object.entries(prices).map(([unit, usdPerMillion]) => ({ unit, usdPerMillion })),
  });
  return {
    version: 1,
    providers: [
      { slug: "first", name: "First", kind: "openai-compatible", baseUrl: `${simulatorUrl}/first/v1` },
      { slug: "cohere", name: "Cohere", kind: "cohere", baseUrl: `${simulatorUrl}/cohere/v1` },
    ],
    models: [
      ...MODELS.map(([slug, makes, provider, upstream, prices]) =>
        model(slug, makes, [endpoint(provider, upstream, prices)]),
      ),
      model("dall-e", "image", [
        endpoint("first", "dall-e?quality=,standard&size=,1024x1024", { image: "40000" }),
        endpoint("first", "dall-e?quality=hd&size=,1024x1024", { image: "80000" }),
      ]),
    ],
  };
}

const ADAPTERS: readonly AdapterName[] = ["node", "web"];

describe.each(ADAPTERS)("endpoints beside conversations, behind the %s adapter", (adapter) => {
  let fixture: GatewayFixture;
  beforeAll(async () => {
    fixture = await startGatewayFixture(adapter, { catalogue });
  });
  afterAll(() => fixture.close());
  beforeEach(() => fixture.simulator.reset());

  /** Runs it with a dollar and answers what it cost, in nano-USD; the books must be right. */
  async function costOf<T>(
    work: (client: OpenAI, secret: string) => Promise<T>,
  ): Promise<{ cost: bigint; result: T }> {
    const { client, secret, organizationId } = await fixture.customer(USD);
    const result = await work(client, secret);
    await fixture.settled();
    expect(await fixture.violations()).toEqual([]);
    const { totalNanoUsd, reservedNanoUsd } = await fixture.balance(organizationId);
    expect(reservedNanoUsd).toBe(0n);
    return { cost: USD - totalNanoUsd, result };
  }

  const wav = (seconds: number) => {
    const bytes = Buffer.alloc(44 + seconds * 8_000, 128);
    bytes.write("RIFF", 0);
    bytes.write("WAVEfmt ", 8);
    for (const [value, at, size] of [
      [16, 16, 4],
      [1, 20, 2],
      [1, 22, 2],
      [8_000, 24, 4],
      [8_000, 28, 4],
      [1, 32, 2],
      [8, 34, 2],
    ] as const)
      bytes.writeUIntLE(value, at, size);
    return new File([new Uint8Array(bytes)], "speech.wav", { type: "audio/wav" });
  };
  const usageOf = (answer: object) => (answer as { usage: Record<string, unknown> }).usage;

  describe("embeddings", () => {
    it("prevents unreadable vectors: base64 and numbers are the same, whatever the provider sends", async () => {
      const input = ["a receipt", "another one"];
      const { result, cost } = await costOf(async (client) => ({
        base64: await client.embeddings.create({ model: "test/embed", input }),
        float: await client.embeddings.create({ model: "test/embed", input, encoding_format: "float" }),
      }));
      expect(result.base64.data.map(({ embedding }) => embedding)).toEqual(
        result.float.data.map(({ embedding }) => embedding),
      );
      expect(result.float.data[0]?.embedding).toHaveLength(8);
      expect(result.float.model).toBe("test/embed");
      const tokens = BigInt(result.float.usage.prompt_tokens);
      expect(usageOf(result.float).cost).toBe(Number(tokens * 20n) / 1e9);
      expect(cost).toBe(2n * tokens * 20n);
    });

    it("sends base64 as little-endian 32-bit floats", async () => {
      const { result } = await costOf(async (_client, secret) => {
        const response = await fixture.fetch(`${fixture.baseUrl}/embeddings`, {
          method: "POST",
          headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
          body: JSON.stringify({ model: "test/embed", input: "x", encoding_format: "base64", dimensions: 3 }),
        });
        return (await response.json()) as { data: { embedding: string }[] };
      });
      expect(Buffer.from(result.data[0]?.embedding ?? "", "base64")).toHaveLength(12);
    });

    it("takes tokens, and Cohere's shape, and counts when the provider does not say", async () => {
      const tokens = await costOf((client) =>
        client.embeddings.create({ model: "test/embed", input: [[1, 2, 3], [4]] }),
      );
      expect(tokens.cost).toBe(80n);
      const cohere = await costOf((client) =>
        client.embeddings.create({ model: "test/embed-cohere", input: "a b" }),
      );
      expect(cohere.result.data[0]?.embedding).toHaveLength(8);
      expect(cohere.cost).toBe(240n);
      fixture.simulator.control({ fault: "no-usage" });
      const counted = await costOf((client) =>
        client.embeddings.create({ model: "test/embed", input: "a b" }),
      );
      expect(counted.cost).toBeGreaterThan(0n);
    });
  });

  it("moderates for nothing, also with an empty balance", async () => {
    const { client } = await fixture.customer(0n);
    const answer = await client.moderations.create({ model: "test/moderation", input: ["fine", "flagged"] });
    expect(answer.results.map(({ flagged }) => flagged)).toEqual([false, true]);
    expect(usageOf(answer).cost).toBe(0);
  });

  it("reranks, priced by the search", async () => {
    const documents = Array.from({ length: 150 }, (_, index) =>
      index === 7 ? "what a receipt is" : `no ${index}`,
    );
    const { result, cost } = await costOf(async (client) =>
      client.post<{ results: unknown[]; usage: unknown }>("/rerank", {
        body: { model: "test/rerank", query: "a receipt", documents, top_n: 1, return_documents: true },
      }),
    );
    expect(result.results).toEqual([
      { index: 7, relevance_score: expect.any(Number), document: { text: "what a receipt is" } },
    ]);
    expect(result.usage).toMatchObject({ cost: 0.004 });
    expect(cost).toBe(4_000_000n);
  });

  describe("images", () => {
    it("are billed by tokens where the model counts them, text and images apart", async () => {
      const { result, cost } = await costOf((client) =>
        client.images.edit({
          model: "test/gpt-image",
          prompt: "make it grey",
          image: new File([new Uint8Array([137, 80, 78, 71])], "a.png", { type: "image/png" }),
          quality: "low",
          n: 1,
        }),
      );
      expect(result.data?.[0]?.b64_json).toBeTruthy();
      const text = BigInt(result.usage?.input_tokens_details.text_tokens ?? 0);
      expect(result.usage?.input_tokens_details.image_tokens).toBe(323);
      expect(cost).toBe(text * 5_000n + 323n * 10_000n + 272n * 40_000n);
      expect(usageOf(result).cost).toBe(Number(cost) / 1e9);
      const [sent] = fixture.simulator.requests();
      expect(sent?.body).toMatchObject({ model: "gpt-image-1", prompt: "make it grey", quality: "low" });
    });

    it("are billed by the piece, each size and quality at its own price", async () => {
      const ask = (quality?: "hd" | "standard", size?: "1024x1024" | "1792x1024") => (client: OpenAI) =>
        client.images.generate({
          model: "test/dall-e",
          prompt: "a cat",
          n: 2,
          ...(quality ? { quality } : {}),
          ...(size ? { size } : {}),
        });
      expect((await costOf(ask())).cost).toBe(80_000_000n);
      expect((await costOf(ask("hd", "1024x1024"))).cost).toBe(160_000_000n);
      const { client } = await fixture.customer(USD);
      await expect(ask("hd", "1792x1024")(client)).rejects.toMatchObject({ status: 422, param: "size" });
      expect(fixture.simulator.requests().map(({ model }) => model)).toEqual(["dall-e", "dall-e"]);
    });

    it("are billed by the megapixel, and come as addresses when asked for", async () => {
      const { result, cost } = await costOf((client) =>
        client.images.generate({
          model: "test/flux",
          prompt: "a cat",
          size: "1024x1536",
          response_format: "url",
        }),
      );
      expect(result.data?.[0]?.url).toMatch(/^http:\/\/localhost\/v1\/content\//);
      expect(cost).toBe(50_000_000n);
    });
  });

  describe("speech", () => {
    it("answers audio with its type, billed by the character", async () => {
      const { result, cost } = await costOf((client) =>
        client.audio.speech.create({
          model: "test/tts",
          voice: "alloy",
          input: "Grüße 🌍!",
          response_format: "wav",
        }),
      );
      expect(result.headers.get("content-type")).toBe("audio/wav");
      expect(
        Buffer.from(await result.arrayBuffer())
          .subarray(0, 4)
          .toString(),
      ).toBe("RIFF");
      expect(cost).toBe(8n * 15_000n);
    });

    it("prevents free audio: tokens that plain audio does not state are asked for as events", async () => {
      const { result, cost } = await costOf((client) =>
        client.audio.speech.create({ model: "test/mini-tts", voice: "alloy", input: "Hello there, reader" }),
      );
      expect(result.headers.get("content-type")).toBe("audio/mpeg");
      expect(
        Buffer.from(await result.arrayBuffer())
          .subarray(0, 4)
          .toString(),
      ).toBe("RIFF");
      // Two seconds, twenty tokens each.
      expect(cost).toBe(4n * 600n + 40n * 12_000n);
    });
  });

  describe("transcriptions", () => {
    it.each(["json", "text", "srt", "vtt", "verbose_json"] as const)(
      "of a timed model in %s, billed by the second",
      async (format) => {
        const { result, cost } = await costOf((client) =>
          client.audio.transcriptions.create({
            model: "test/whisper",
            file: wav(3),
            response_format: format,
          }),
        );
        const text = typeof result === "string" ? result : (result as { text: string }).text;
        expect(text).toContain("simulated answer");
        if (format === "srt") expect(text).toContain("1\n00:00:00,000 --> 00:00:03,000\n");
        if (format === "vtt") expect(text).toMatch(/^WEBVTT\n\n00:00:00\.000 --> /);
        expect(cost).toBe(300_000n);
      },
    );

    it("of a model that counts tokens, whole and as it is heard", async () => {
      const whole = await costOf((client) =>
        client.audio.transcriptions.create({ model: "test/transcribe", file: wav(2) }),
      );
      const streamed = await costOf(async (client) => {
        const stream = await client.audio.transcriptions.create({
          model: "test/transcribe",
          file: wav(2),
          stream: true,
        });
        let text = "";
        let done: object | undefined;
        for await (const event of stream) {
          if (event.type === "transcript.text.delta") text += event.delta;
          else done = event;
        }
        return { text, done };
      });
      expect(streamed.result.text).toBe(whole.result.text);
      expect(usageOf(streamed.result.done ?? {})).toMatchObject({ cost: Number(whole.cost) / 1e9 });
      expect(whole.cost).toBe(40n * 6_000n + 20n * 10_000n);
      expect(streamed.cost).toBe(whole.cost);
    });

    it("translates", async () => {
      const { result, cost } = await costOf((client) =>
        client.audio.translations.create({ model: "test/whisper", file: wav(1) }),
      );
      expect(result.text).toContain("simulated answer");
      expect(cost).toBe(100_000n);
    });

    it("prevents a free transcript: one that breaks off is billed for what was heard", async () => {
      fixture.simulator.control({ fault: "truncate" });
      const { cost } = await costOf(async (client) => {
        const stream = await client.audio.transcriptions.create({
          model: "test/transcribe",
          file: wav(2),
          stream: true,
        });
        const read = async () => {
          for await (const _event of stream);
        };
        await expect(read()).rejects.toThrow(/broke off/);
      });
      expect(cost).toBeGreaterThan(50n * 6_000n);
    });
  });

  describe("refusals", () => {
    const form = (fields: Readonly<Record<string, string | File>>) => {
      const body = new FormData();
      for (const [name, value] of Object.entries(fields)) body.append(name, value);
      return { body };
    };
    const json = (body: unknown) => ({
      body: JSON.stringify(body),
      headers: { "content-type": "application/json" },
    });
    it.each([
      ["/embeddings", json({ model: "test/embed", input: [] }), 400, "input"],
      ["/embeddings", json({ model: "test/embed", input: [{}] }), 400, "input"],
      [
        "/embeddings",
        json({ model: "test/embed", input: "x", encoding_format: "hex" }),
        400,
        "encoding_format",
      ],
      ["/embeddings", json({ model: "test/embed", input: "x", dimensions: 0 }), 400, "dimensions"],
      ["/embeddings", json({ model: "test/tts", input: "x" }), 400, "model"],
      ["/embeddings", json({ model: "test/none", input: "x" }), 404, "model"],
      ["/embeddings", json({ model: "test/embed-cohere", input: [1, 2] }), 422, "input"],
      [
        "/chat/completions",
        json({ model: "test/embed", messages: [{ role: "user", content: "x" }] }),
        400,
        "model",
      ],
      ["/moderations", json({ model: "test/moderation" }), 400, "input"],
      ["/rerank", json({ model: "test/rerank", query: "", documents: ["a"] }), 400, "query"],
      ["/rerank", json({ model: "test/rerank", query: "a", documents: [] }), 400, "documents"],
      ["/rerank", json({ model: "test/rerank", query: "a", documents: [1] }), 400, "documents[0]"],
      ["/images/generations", json({ model: "test/flux" }), 400, "prompt"],
      ["/images/generations", json({ model: "test/flux", prompt: "x", n: 11 }), 400, "n"],
      ["/images/generations", json({ model: "test/flux", prompt: "x", stream: true }), 422, "stream"],
      ["/images/edits", json({ model: "test/flux", prompt: "x" }), 400, "content-type"],
      ["/images/edits", form({ model: "test/flux", prompt: "x" }), 400, "image"],
      ["/audio/speech", json({ model: "test/tts", voice: "a" }), 400, "input"],
      [
        "/audio/speech",
        json({ model: "test/tts", input: "x", response_format: "exe" }),
        400,
        "response_format",
      ],
      ["/audio/transcriptions", form({ model: "test/whisper" }), 400, "file"],
      ["/audio/transcriptions", form({ model: "test/whisper", file: "text" }), 400, "file"],
      [
        "/audio/transcriptions",
        { body: "x", headers: { "content-type": "multipart/form-data; boundary=b" } },
        400,
        "content-type",
      ],
    ] as const)("%s %#", async (path, init, status, param) => {
      const { secret, organizationId } = await fixture.customer(USD);
      const response = await fixture.fetch(`${fixture.baseUrl}${path}`, {
        method: "POST",
        ...init,
        headers: { ...("headers" in init ? init.headers : {}), authorization: `Bearer ${secret}` },
      });
      const body = (await response.json()) as { error: { param: string; message: string } };
      expect({ status: response.status, param: body.error.param }).toEqual({ status, param });
      await fixture.settled();
      const { rows } = await fixture.database.pool.query(
        "SELECT count(*)::int AS rows FROM intent WHERE organization_id = $1",
        [organizationId],
      );
      expect(rows).toEqual([{ rows: 0 }]);
      expect(fixture.simulator.requests()).toEqual([]);
    });

    it("prevents a call that nobody can pay for, with the amount", async () => {
      const { client } = await fixture.customer(10_000_000n);
      await expect(client.images.generate({ model: "test/flux", prompt: "x", n: 2 })).rejects.toMatchObject({
        status: 402,
        code: "insufficient_balance",
      });
      expect(fixture.simulator.requests()).toEqual([]);
    });
  });
});
