import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type AdapterName, type GatewayFixture, startGatewayFixture, USD } from "../fixtures";

function catalogue(simulatorUrl: string) {
  const model = (slug: string, endpoints: readonly (readonly [string, string, string, string])[]) => ({
    slug: `test/${slug}`,
    name: slug,
    contextLength: 8_192,
    inputModalities: ["text"],
    outputModalities: ["video"],
    endpoints: endpoints.map(([provider, upstreamModel, unit, usdPerMillion]) => ({
      provider,
      upstreamModel,
      source: "test",
      sourceDate: "2026-01-01",
      prices: [{ unit, usdPerMillion }],
    })),
  });
  const provider = (slug: string, kind: string) => ({
    slug,
    name: slug,
    kind,
    baseUrl: `${simulatorUrl}/${slug}/v1`,
  });
  return {
    version: 1,
    providers: [
      provider("first", "openai-compatible"),
      provider("queue", "fal"),
      provider("machines", "replicate"),
    ],
    models: [
      model("timed", [
        ["first", "sora?size=,1280x720", "video_second", "100000"],
        ["first", "sora?size=1792x1024", "video_second", "300000"],
      ]),
      model("piece", [["queue", "fal-ai/clip/fast", "video", "250000"]]),
      model("machine", [["machines", "someone/clip", "gpu_second", "1400"]]),
    ],
  };
}

const ADAPTERS: readonly AdapterName[] = ["node", "web"];

describe.each(ADAPTERS)("videos behind the %s adapter", (adapter) => {
  let fixture: GatewayFixture;
  beforeAll(async () => {
    fixture = await startGatewayFixture(adapter, { catalogue });
  });
  afterAll(() => fixture.close());
  beforeEach(() => fixture.simulator.reset());

  type Client = Awaited<ReturnType<GatewayFixture["customer"]>>["client"];
  /** Polls as a patient client does; the pause between two questions to the provider is taken out. */
  async function finished(client: Client, id: string) {
    for (let poll = 0; poll < 8; poll += 1) {
      await fixture.database.pool.query("UPDATE video_job SET asked_at = NULL WHERE id = $1", [id]);
      const video = await client.videos.retrieve(id);
      if (video.status === "completed" || video.status === "failed") return video;
    }
    throw new Error("the video did not end");
  }
  async function spent(organizationId: string) {
    await fixture.settled();
    expect(await fixture.violations()).toEqual([]);
    const { totalNanoUsd, reservedNanoUsd } = await fixture.balance(organizationId);
    return { spent: 10n * USD - totalNanoUsd, reserved: reservedNanoUsd };
  }
  const records = async (organizationId: string) =>
    (
      await fixture.database.pool.query("SELECT cost FROM usage_record WHERE organization_id = $1", [
        organizationId,
      ])
    ).rows;

  it("prevents a second charge: polled again and again, by many and by the sweeper, a video is billed once", async () => {
    const { client, organizationId } = await fixture.customer(10n * USD);
    const video = await client.videos.create({ model: "test/timed" as never, prompt: "a cat", seconds: "8" });
    expect(video).toMatchObject({ object: "video", status: "queued", seconds: "8", model: "test/timed" });
    const held = await spent(organizationId);
    expect(held).toEqual({ spent: 0n, reserved: 800_000_000n });
    await fixture.database.pool.query("UPDATE video_job SET asked_at = NULL");
    await client.videos.retrieve(video.id);
    await fixture.database.pool.query("UPDATE video_job SET asked_at = NULL");
    await Promise.all([
      ...Array.from({ length: 8 }, () => client.videos.retrieve(video.id)),
      fixture.followVideos(),
      fixture.followVideos(),
    ]);
    expect(await finished(client, video.id)).toMatchObject({
      status: "completed",
      progress: 100,
      usage: { cost: 0.8 },
    });
    await finished(client, video.id);
    expect(await spent(organizationId)).toEqual({ spent: 800_000_000n, reserved: 0n });
    expect(await records(organizationId)).toEqual([{ cost: 800_000_000n }]);
  });

  it("takes OpenAI's form and JSON, and a size at its own price", async () => {
    const { client, secret, organizationId } = await fixture.customer(10n * USD);
    const form = await client.videos.create({
      model: "test/timed" as never,
      prompt: "a cat",
      size: "1792x1024",
    });
    const response = await fixture.fetch(`${fixture.baseUrl}/videos`, {
      method: "POST",
      headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
      body: JSON.stringify({ model: "test/timed", prompt: "a cat", seconds: 5 }),
    });
    const json = (await response.json()) as { id: string };
    await finished(client, form.id);
    await finished(client, json.id);
    expect(await spent(organizationId)).toEqual({
      spent: 4n * 300_000_000n + 5n * 100_000_000n,
      reserved: 0n,
    });
    const sent = fixture.simulator.requests().filter(({ method }) => method === "POST");
    expect(sent.map(({ body }) => body)).toEqual([
      { prompt: "a cat", size: "1792x1024", seconds: "4", model: "sora" },
      { model: "sora", prompt: "a cat", seconds: 5 },
    ]);
  });

  it("charges nothing for a video that fails, and says why", async () => {
    const { client, organizationId } = await fixture.customer(10n * USD);
    const { id } = await client.videos.create({ model: "test/timed" as never, prompt: "impossible" });
    expect(await finished(client, id)).toMatchObject({
      status: "failed",
      error: { message: "Impossible to make." },
    });
    expect(await spent(organizationId)).toEqual({ spent: 0n, reserved: 0n });
  });

  it("begins with an image where a queue's model can, and fails when the queue only says no at its result", async () => {
    const { client, organizationId } = await fixture.customer(10n * USD);
    const image = new File([new Uint8Array([1, 2, 3])], "a.png", { type: "image/png" });
    const { id } = await client.videos.create({
      model: "test/piece" as never,
      prompt: "forbidden",
      size: "1280x720",
      input_reference: image,
    });
    expect(fixture.simulator.requests()[0]?.body).toEqual({
      prompt: "forbidden",
      aspect_ratio: "16:9",
      resolution: "720p",
      image_url: "data:image/png;base64,AQID",
    });
    expect(await finished(client, id)).toMatchObject({
      status: "failed",
      error: { message: "The prompt is forbidden." },
    });
    expect(await spent(organizationId)).toEqual({ spent: 0n, reserved: 0n });
  });

  it("is finished by the sweeper when nobody asks", async () => {
    const { client, organizationId } = await fixture.customer(10n * USD);
    const { id } = await client.videos.create({ model: "test/machine" as never, prompt: "a cat" });
    for (let round = 0; round < 3; round += 1) {
      await fixture.database.pool.query("UPDATE video_job SET asked_at = NULL");
      await fixture.followVideos();
    }
    // 12.5 seconds of machine time are 13 begun ones.
    expect(await spent(organizationId)).toEqual({ spent: 13n * 1_400_000n, reserved: 0n });
    expect((await client.videos.retrieve(id)).status).toBe("completed");
  });

  it("serves the bytes, also in ranges, from the provider itself and from where a queue has put them", async () => {
    const { client, secret } = await fixture.customer(10n * USD);
    for (const model of ["test/timed", "test/piece", "test/machine"]) {
      const { id } = await client.videos.create({ model: model as never, prompt: "a cat" });
      await expect(client.videos.downloadContent(id)).rejects.toMatchObject({ status: 400 });
      await finished(client, id);
      const whole = Buffer.from(await (await client.videos.downloadContent(id)).arrayBuffer());
      expect(whole).toHaveLength(1_000);
      const part = await fixture.fetch(`${fixture.baseUrl}/videos/${id}/content`, {
        headers: { authorization: `Bearer ${secret}`, range: "bytes=10-19" },
        redirect: "manual",
      });
      expect(part.status).toBe(206);
      expect(part.headers.get("content-range")).toBe("bytes 10-19/1000");
      expect(part.headers.get("content-type")).toBe("video/mp4");
      expect(Buffer.from(await part.arrayBuffer())).toEqual(whole.subarray(10, 20));
    }
  });

  it("gives a variant where the provider has one, and says that it has none", async () => {
    const { client } = await fixture.customer(10n * USD);
    const made = async (model: string) => {
      const { id } = await client.videos.create({ model: model as never, prompt: "a cat" });
      await finished(client, id);
      return id;
    };
    const timed = await made("test/timed");
    await (await client.videos.downloadContent(timed, { variant: "thumbnail" })).arrayBuffer();
    expect(fixture.simulator.requests().at(-1)?.query).toBe("variant=thumbnail");
    const piece = await made("test/piece");
    await expect(client.videos.downloadContent(piece, { variant: "thumbnail" })).rejects.toMatchObject({
      status: 422,
      param: "variant",
    });
    await (await client.videos.downloadContent(piece, { variant: "video" })).arrayBuffer();
  });

  it("says that a provider has dropped its film, also one that is had by its id", async () => {
    const { client } = await fixture.customer(10n * USD);
    const { id } = await client.videos.create({ model: "test/timed" as never, prompt: "a cat" });
    await finished(client, id);
    for (const [status, code] of [
      [404, "content_expired"],
      [401, "upstream_error"],
    ] as const) {
      fixture.simulator.control({ fault: `status:${status}`, times: 1 });
      await expect(client.videos.downloadContent(id)).rejects.toMatchObject({ code });
    }
  });

  it("says that a queue has dropped the film, and keeps what was paid as it was", async () => {
    const { client, organizationId } = await fixture.customer(10n * USD);
    const { id } = await client.videos.create({ model: "test/piece" as never, prompt: "a cat" });
    await finished(client, id);
    fixture.simulator.control({ fault: "status:404", times: 1 });
    await expect(client.videos.downloadContent(id)).rejects.toMatchObject({
      status: 410,
      code: "content_expired",
    });
    fixture.simulator.control({ fault: "status:500", times: 1 });
    await expect(client.videos.downloadContent(id)).rejects.toMatchObject({ code: "upstream_error" });
    expect(await (await client.videos.downloadContent(id)).arrayBuffer()).toHaveProperty("byteLength", 1_000);
    expect(await spent(organizationId)).toEqual({ spent: 250_000_000n, reserved: 0n });
  });

  it("deletes: a finished one at once, a running one where the provider can stop it, for nothing", async () => {
    const { client, organizationId } = await fixture.customer(10n * USD);
    const running = await client.videos.create({ model: "test/timed" as never, prompt: "a cat" });
    await expect(client.videos.delete(running.id)).rejects.toMatchObject({ status: 400 });
    await finished(client, running.id);
    expect(await client.videos.delete(running.id)).toMatchObject({ deleted: true, id: running.id });
    await expect(client.videos.retrieve(running.id)).rejects.toMatchObject({ status: 404 });
    const stopped = await client.videos.create({ model: "test/piece" as never, prompt: "a cat" });
    expect(await client.videos.delete(stopped.id)).toMatchObject({ deleted: true });
    expect(await spent(organizationId)).toEqual({ spent: 400_000_000n, reserved: 0n });
  });

  it("prevents another's eyes: a video is its organization's own", async () => {
    const { client } = await fixture.customer(10n * USD);
    const { id } = await client.videos.create({ model: "test/timed" as never, prompt: "a cat" });
    const stranger = await fixture.customer(USD);
    for (const attempt of [
      () => stranger.client.videos.retrieve(id),
      () => stranger.client.videos.downloadContent(id),
      () => stranger.client.videos.delete(id),
    ])
      await expect(attempt()).rejects.toMatchObject({ status: 404 });
  });

  it("prevents a hold that outlives a refused job: the provider's no releases the money", async () => {
    const { client, organizationId } = await fixture.customer(10n * USD);
    fixture.simulator.control({ fault: "status:400" });
    await expect(
      client.videos.create({ model: "test/timed" as never, prompt: "a cat" }),
    ).rejects.toMatchObject({ status: 400 });
    expect(await spent(organizationId)).toEqual({ spent: 0n, reserved: 0n });
    const { rows } = await fixture.database.pool.query("SELECT 1 FROM video_job WHERE organization_id = $1", [
      organizationId,
    ]);
    expect(rows).toEqual([]);
  });

  it.each([
    [{ model: "test/timed" }, 400, "prompt"],
    [{ model: "test/timed", prompt: "x", seconds: "0" }, 400, "seconds"],
    [{ model: "test/timed", prompt: "x", seconds: 1.5 }, 400, "seconds"],
    [{ model: "test/timed", prompt: "x", size: "big" }, 400, "size"],
    [{ model: "test/timed", prompt: "x", size: "640x480" }, 422, "size"],
    [{ model: "test/piece", prompt: "x", frames: 24 }, 422, "frames"],
    [{ model: "test/machine", prompt: "x", input_reference: "file_1" }, 422, "input_reference"],
  ])("refuses %j by name", async (body, status, param) => {
    const { secret } = await fixture.customer(USD);
    const response = await fixture.fetch(`${fixture.baseUrl}/videos`, {
      method: "POST",
      headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { param } });
    expect(fixture.simulator.requests()).toEqual([]);
  });
});
