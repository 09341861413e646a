// Harm prevented: a picture that a queue made and nobody is billed for, or twice; and a job that goes on when nobody waits for it.
import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type AdapterName, type GatewayFixture, startGatewayFixture, USD } from "./fixtures";

/** Model by model: who makes it under which name, at which price in USD per million units. */
const MODELS = [
  ["piece", "queue", "fal-ai/flux/dev", { image: "25000" }],
  ["square", "queue", "fal-ai/flux/schnell", { image_megapixel: "3000" }],
  ["kontext", "queue", "fal-ai/flux-kontext/edit", { image: "40000" }],
  ["machine", "machines", "someone/sdxl", { gpu_second: "1400" }],
  ["by-input", "machines", "someone/kontext?@image=input_image", { image: "40000" }],
  ["by-list", "machines", "someone/banana-edit?@image=image_input[]", { image: "39000" }],
  ["graded", "queue", "fal-ai/graded?quality=,low", { image: "10000" }],
  ["foreign", "gemini", "imagen", { image: "40000" }],
] as const;

function catalogue(simulatorUrl: string) {
  const provider = (slug: string, kind: string) => ({
    slug,
    name: slug,
    kind,
    baseUrl: `${simulatorUrl}/${slug}/v1`,
  });
  const endpoint = (name: string, upstreamModel: string, prices: Readonly<Record<string, string>>) => ({
    provider: name,
    upstreamModel,
    source: "test",
    sourceDate: "2026-01-01",
    prices: Object.entries(prices).map(([unit, usdPerMillion]) => ({ unit, usdPerMillion })),
  });
  const model = (slug: string, endpoints: readonly unknown[]) => ({
    slug: `test/${slug}`,
    name: slug,
    contextLength: 8_192,
    inputModalities: ["text", "image"],
    outputModalities: ["image"],
    endpoints,
  });
  return {
    version: 1,
    providers: [
      provider("queue", "fal"),
      provider("machines", "replicate"),
      provider("gemini", "google"),
      provider("spare", "openai-compatible"),
    ],
    models: [
      ...MODELS.map(([slug, at, upstreamModel, prices]) =>
        model(slug, [endpoint(at, upstreamModel, prices)]),
      ),
      model("pair", [
        endpoint("queue", "fal-ai/pair", { image: "25000" }),
        endpoint("spare", "flux", { image: "26000" }),
      ]),
    ],
  };
}

const ADAPTERS: readonly AdapterName[] = ["node", "web"];
const prompt = "a receipt, in oil";
const png = new File([new Uint8Array([137, 80, 78, 71])], "a.png", { type: "image/png" });

describe.each(ADAPTERS)("images of queues behind the %s adapter", (adapter) => {
  let fixture: GatewayFixture;
  beforeAll(async () => {
    fixture = await startGatewayFixture(adapter, { catalogue });
  });
  afterAll(() => fixture.close());
  beforeEach(() => fixture.simulator.reset());

  /** What it cost, in nano-USD, when the books are right and no more than one record says so. */
  async function costOf<T>(work: (client: OpenAI, secret: string) => Promise<T>) {
    const { client, secret, organizationId } = await fixture.customer(USD);
    const result = await work(client, secret);
    await fixture.settled();
    expect(await fixture.violations()).toEqual([]);
    const { totalNanoUsd, reservedNanoUsd } = await fixture.balance(organizationId);
    expect(reservedNanoUsd).toBe(0n);
    const { rows } = await fixture.database.pool.query<{ id: string; basis: string }>(
      "SELECT id, basis FROM usage_record WHERE organization_id = $1",
      [organizationId],
    );
    expect(rows.length).toBeLessThanOrEqual(1);
    return { result, cost: USD - totalNanoUsd, records: rows.length };
  }
  const sentJobs = () =>
    fixture.simulator
      .requests()
      .filter(({ method, path }) => method === "POST" && !path.endsWith("/cancel"))
      .map(({ body }) => body);

  it("by the piece: as many as were made", async () => {
    const { result, cost, records } = await costOf((client) =>
      client.images.generate({ model: "test/piece", prompt, n: 2, size: "1536x1024" as never }),
    );
    expect(result.data?.map(({ url }) => url)).toEqual([
      expect.stringMatching(/^http:\/\/localhost\/v1\/content\//),
      expect.stringMatching(/^http:\/\/localhost\/v1\/content\//),
    ]);
    expect(result.created).toBeGreaterThan(1_700_000_000);
    expect(result.usage).toMatchObject({ cost: 0.05 });
    expect({ cost, records }).toEqual({ cost: 50_000_000n, records: 1 });
    expect(sentJobs()).toEqual([
      { prompt, num_images: 2, image_size: { width: 1_536, height: 1_024 }, aspect_ratio: "3:2" },
    ]);
  });

  it("by size, and by machine time: begun megapixels and begun seconds", async () => {
    const square = await costOf((client) =>
      client.images.generate({ model: "test/square", prompt, size: "2048x2048" as never }),
    );
    expect(square.cost).toBe(4n * 3_000_000n);
    // 12.5 seconds of machine time are 13 begun ones.
    const machine = await costOf((client) => client.images.generate({ model: "test/machine", prompt }));
    expect(machine.cost).toBe(13n * 1_400_000n);
    expect(sentJobs().at(-1)).toEqual({ input: { prompt } });
  });

  it("fetches the bytes where the client wants bytes, and passes those on that came in line", async () => {
    const fetched = await costOf((client) =>
      client.images.generate({ model: "test/machine", prompt, response_format: "b64_json" }),
    );
    const inline = await costOf(
      (client) =>
        client.images.generate({
          ...{ model: "test/piece", prompt, response_format: "b64_json" },
          ...{ input: { sync_mode: true, seed: 7 } },
        } as never) as Promise<OpenAI.ImagesResponse>,
    );
    for (const { result } of [fetched, inline]) {
      const bytes = Buffer.from(result.data?.[0]?.b64_json ?? "", "base64");
      expect(bytes.subarray(1, 4).toString()).toBe("PNG");
    }
    expect(sentJobs().at(-1)).toEqual({ sync_mode: true, seed: 7, prompt });
  });

  it("edits: the files go with the job, under the name that the model has for them", async () => {
    const dataUrl = `data:image/png;base64,${Buffer.from(await png.arrayBuffer()).toString("base64")}`;
    for (const model of ["test/kontext", "test/by-input", "test/by-list"]) {
      const { result, cost } = await costOf((client) => client.images.edit({ model, prompt, image: png }));
      expect(result.data).toHaveLength(1);
      expect(cost).toBeGreaterThan(38_000_000n);
    }
    expect(sentJobs()).toEqual([
      { prompt, image_url: dataUrl },
      { input: { prompt, input_image: dataUrl } },
      { input: { prompt, image_input: [dataUrl] } },
    ]);
  });

  it("takes a cheaper variant at its own price", async () => {
    const { cost } = await costOf((client) =>
      client.images.generate({ model: "test/graded", prompt, quality: "low" }),
    );
    expect(cost).toBe(10_000_000n);
  });

  const refusalOf = (work: Promise<unknown>) =>
    work.then(
      () => null,
      (thrown: unknown) => thrown,
    );

  it.each([
    [{ model: "test/piece", background: "transparent" }, 422, "background"],
    [{ model: "test/piece", quality: "hd" }, 422, "quality"],
    [{ model: "test/piece", size: "big" }, 422, "size"],
    [{ model: "test/piece", num_inference_steps: 4 }, 422, "num_inference_steps"],
    [{ model: "test/foreign" }, 503, null],
  ])(
    "prevents a wish that is lost on the way: %j is refused by name, before anything is held",
    async (body, status, param) => {
      const { result, cost, records } = await costOf((client) =>
        refusalOf(client.images.generate({ prompt, ...body } as never) as Promise<unknown>),
      );
      expect(result).toMatchObject({ status, param });
      expect({ cost, records }).toEqual({ cost: 0n, records: 0 });
      expect(fixture.simulator.requests()).toEqual([]);
    },
  );

  it("charges nothing for a job that fails, or is refused at its result", async () => {
    for (const [words, status] of [
      ["impossible", 502],
      ["forbidden", 400],
    ] as const) {
      const { result, cost, records } = await costOf((client) =>
        refusalOf(client.images.generate({ model: "test/piece", prompt: words })),
      );
      expect(result).toMatchObject({ status });
      if (status === 400) expect(result).toMatchObject({ message: expect.stringContaining("forbidden") });
      expect({ cost, records }).toEqual({ cost: 0n, records: 0 });
    }
  });

  it("goes on to another provider when a job fails, and bills that one alone", async () => {
    const { result, cost, records } = await costOf((client) =>
      client.images.generate({ model: "test/pair", prompt: "impossible" }).withResponse(),
    );
    expect(result.response.headers.get("x-gateway-provider")).toBe("spare");
    expect(result.response.headers.get("x-gateway-attempts")).toBe("2");
    expect({ cost, records }).toEqual({ cost: 26_000_000n, records: 1 });
  });

  it("asks again when the provider does not answer in between", async () => {
    fixture.simulator.control([
      { times: 1 },
      { fault: "status:503", times: 1 },
      { fault: "connection-lost", times: 1 },
    ]);
    const { cost } = await costOf((client) => client.images.generate({ model: "test/piece", prompt }));
    expect(cost).toBe(25_000_000n);
  });

  it("prevents a job that runs on for nobody: it is stopped when the client leaves, and costs nothing", async () => {
    const { client, organizationId } = await fixture.customer(USD);
    const seen = () => fixture.simulator.requests().map(({ method, path }) => `${method} ${path}`);
    const leave = new AbortController();
    fixture.simulator.control([{ times: 1 }, { fault: "hang", times: 1 }]);
    const asked = client.images.generate({ model: "test/piece", prompt }, { signal: leave.signal });
    const refusal = refusalOf(asked);
    await expect.poll(seen, { timeout: 10_000 }).toHaveLength(2);
    leave.abort();
    expect(await refusal).toBeInstanceOf(OpenAI.APIError);
    await expect.poll(seen, { timeout: 10_000 }).toContainEqual(expect.stringMatching(/^PUT .*\/cancel$/));
    const held = async () => (await fixture.balance(organizationId)).reservedNanoUsd;
    await expect.poll(held, { timeout: 10_000 }).toBe(0n);
    await fixture.settled();
    expect(await fixture.violations()).toEqual([]);
    expect((await fixture.balance(organizationId)).totalNanoUsd).toBe(USD);
  });
});
