// Harm prevented: an image that is paid for and gone within the hour; an address of ours that leads into a private network,
// shows a credential, or runs a stranger's script beside our pages.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type AdapterName, type GatewayFixture, startGatewayFixture, USD } from "../fixtures";
import { CONTENT_LIFE_MS, createContentAddresses } from "./addresses";

const PNG = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
const CREDENTIAL = "sk-of-the-platform";

/** A provider that names whatever address a test wants, and a storage at another origin. */
async function startProvider() {
  let named: readonly string[] = [];
  let serve: (request: IncomingMessage, response: ServerResponse) => void = () => {};
  const seen: IncomingMessage[] = [];
  const listen = async (server: Server) => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return (server.address() as AddressInfo).port;
  };
  const api = createServer((request, response) => {
    if (request.method === "GET") return serve(request, response);
    request.resume();
    const data = named.map((url) => ({ url, revised_prompt: "a finer cat" }));
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ created: 1, background: "opaque", data }));
  });
  const storage = createServer((request, response) => {
    seen.push(request);
    serve(request, response);
  });
  const [apiPort, storagePort] = [await listen(api), await listen(storage)];
  return {
    baseUrl: `http://127.0.0.1:${apiPort}/v1`,
    storagePort,
    seen,
    name: (...urls: string[]) => {
      named = urls;
      seen.length = 0;
    },
    serves: (how: typeof serve) => {
      serve = how;
    },
    async close() {
      for (const server of [api, storage]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

const ADAPTERS: readonly AdapterName[] = ["node", "web"];

describe.each(ADAPTERS)("addresses of images behind the %s adapter", (adapter) => {
  let provider: Awaited<ReturnType<typeof startProvider>>;
  let fixture: GatewayFixture;
  beforeAll(async () => {
    provider = await startProvider();
    fixture = await startGatewayFixture(adapter, {
      allowsLoopback: true,
      credentials: { drawer: CREDENTIAL },
      catalogue: () => ({
        version: 1,
        providers: [{ slug: "drawer", name: "Drawer", kind: "openai-compatible", baseUrl: provider.baseUrl }],
        models: [
          {
            slug: "test/drawn",
            name: "Drawn",
            contextLength: 8_192,
            inputModalities: ["text"],
            outputModalities: ["image"],
            endpoints: [
              {
                provider: "drawer",
                upstreamModel: "draw",
                source: "test",
                sourceDate: "2026-01-01",
                prices: [{ unit: "image", usdPerMillion: "40000" }],
              },
            ],
          },
        ],
      }),
    });
  });
  afterAll(async () => {
    await fixture.close();
    await provider.close();
  });
  beforeEach(() => fixture.simulator.reset());

  /** What a customer is given for an address that the provider names. */
  async function given(...urls: string[]) {
    provider.name(...urls);
    const { client } = await fixture.customer(USD);
    return client.images.generate({
      model: "test/drawn",
      prompt: "a cat",
      n: urls.length,
      response_format: "url",
    });
  }
  /** Opened as a browser does: without a key. */
  const open = (address: string | undefined, init: RequestInit = {}) =>
    fixture.fetch(fixture.baseUrl + new URL(address ?? "").pathname.slice("/v1".length), init);
  const codeOf = async (response: Response) =>
    ((await response.json()) as { error: { code: string } }).error.code;
  const atStorage = (path: string) => `http://127.0.0.1:${provider.storagePort}${path}`;

  it("are our own, and everything else of the answer is the provider's", async () => {
    const inline = "data:image/png;base64,AAAA";
    const answer = await given(atStorage("/a.png?sig=secret-of-storage"), inline);
    expect(answer).toMatchObject({ created: 1, background: "opaque", usage: { cost: 0.08 } });
    const [first, second] = answer.data ?? [];
    expect(first?.revised_prompt).toBe("a finer cat");
    expect(first?.url).toMatch(/^http:\/\/localhost\/v1\/content\/v1\.[\w-]+$/);
    // What a data URL names is in it: there is nothing to open.
    expect(second?.url).toBe(inline);
    expect(JSON.stringify(answer)).not.toMatch(/127\.0\.0\.1|secret-of-storage/);
  });

  it.each(["the provider itself", "a storage elsewhere"])(
    "are opened without a key, from %s, which is shown no credential",
    async (where) => {
      const heads: IncomingMessage["headers"][] = [];
      provider.serves((request, response) => {
        heads.push(request.headers);
        const { range } = request.headers;
        response.setHeader("set-cookie", "tracker=1");
        response.setHeader("x-amz-request-id", "internal");
        response.setHeader("content-type", "image/png");
        if (range) response.writeHead(206, { "content-range": `bytes 1-3/${PNG.length}` });
        response.end(range ? PNG.subarray(1, 4) : PNG);
      });
      const isOwn = where === "the provider itself";
      const url = isOwn ? `${new URL(provider.baseUrl).origin}/files/a.png` : atStorage("/a.png");
      const address = (await given(url)).data?.[0]?.url;
      const whole = await open(address);
      expect(whole.status).toBe(200);
      expect(whole.headers.get("content-type")).toBe("image/png");
      expect(whole.headers.get("content-security-policy")).toContain("sandbox");
      expect(whole.headers.get("x-content-type-options")).toBe("nosniff");
      // A browser's own player is sandboxed too, and asks for the rest of a film as nobody's origin.
      expect(whole.headers.get("access-control-allow-origin")).toBe("*");
      expect(whole.headers.get("set-cookie")).toBeNull();
      expect(whole.headers.get("x-amz-request-id")).toBeNull();
      expect(Buffer.from(await whole.arrayBuffer())).toEqual(PNG);
      const part = await open(address, { headers: { range: "bytes=1-3", authorization: "Bearer dtk_x" } });
      expect(part.status).toBe(206);
      expect(part.headers.get("content-range")).toBe(`bytes 1-3/${PNG.length}`);
      expect(Buffer.from(await part.arrayBuffer()).toString()).toBe("PNG");
      const head = await open(address, { method: "HEAD" });
      expect({ status: head.status, body: await head.text() }).toEqual({ status: 200, body: "" });
      expect(heads).toHaveLength(3);
      expect(provider.seen).toHaveLength(isOwn ? 0 : 3);
      expect(JSON.stringify(heads)).not.toMatch(/authorization|dtk_|sk-of/);
    },
  );

  it("prevents a script on our origin: what is no image, video or sound is a file to save", async () => {
    provider.serves((_request, response) => {
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end("<script>alert(1)</script>");
    });
    const answer = await given(`${new URL(provider.baseUrl).origin}/page`);
    const page = await open(answer.data?.[0]?.url);
    expect(page.headers.get("content-type")).toBe("application/octet-stream");
    expect(page.headers.get("content-disposition")).toBe("attachment");
    expect(page.headers.get("content-security-policy")).toContain("sandbox");
  });

  it.each([
    [404, 410, "content_expired"],
    [403, 410, "content_expired"],
    [503, 502, "upstream_error"],
    // A redirect is an answer like any other: it is not followed.
    [302, 502, "upstream_error"],
  ])("says what has become of a file: %i there is %i here", async (status, ours, code) => {
    let asked = 0;
    provider.serves((_request, response) => {
      asked += 1;
      response.writeHead(status, { location: atStorage("/internal") }).end("<Error>AccessDenied</Error>");
    });
    const answer = await given(`${new URL(provider.baseUrl).origin}/a.png`);
    const response = await open(answer.data?.[0]?.url);
    expect(response.status).toBe(ours);
    expect(await codeOf(response)).toBe(code);
    expect(asked).toBe(1);
    expect(provider.seen).toHaveLength(0);
  });

  it("prevents a way into private networks by an address that an answer names", async () => {
    for (const url of [
      "https://169.254.169.254/latest/meta-data",
      "https://10.0.0.1/",
      "https://[fd00::1]/",
    ]) {
      const response = await open((await given(url)).data?.[0]?.url);
      expect(response.status).toBe(502);
      expect(await response.text()).not.toMatch(/169\.254|10\.0\.0|fd00/);
    }
  });

  it("prevents an address that was made up: changed, of another secret, or the provider's own", async () => {
    const address = (await given(atStorage("/a.png"))).data?.[0]?.url ?? "";
    const middle = address.length - 20;
    const changed =
      address.slice(0, middle) + (address[middle] === "A" ? "B" : "A") + address.slice(middle + 1);
    const foreign = createContentAddresses({
      authSecret: "another secret, as long",
      siteUrl: "http://localhost",
      clock: { nowMs: () => 0 },
    }).addressOf({ url: atStorage("/a.png"), providerOrigin: atStorage("") });
    for (const wrong of [
      changed,
      foreign,
      "http://localhost/v1/content/v1.AAAA",
      "http://localhost/v1/content/x",
    ]) {
      const response = await open(wrong);
      expect(response.status).toBe(404);
      expect(await codeOf(response)).toBe("not_found");
    }
    expect(provider.seen).toHaveLength(0);
    expect((await open(address, { method: "POST" })).status).toBe(405);
  });

  it("prevents half a file that looks whole, and a process that ends by it", async () => {
    provider.serves((_request, response) => {
      response.writeHead(200, { "content-type": "image/png", "transfer-encoding": "chunked" });
      response.write(PNG, () => response.destroy());
    });
    const answer = await given(`${new URL(provider.baseUrl).origin}/cut.png`, atStorage("/cut.png"));
    for (const { url } of answer.data ?? []) {
      const response = await open(url);
      expect(response.status).toBe(200);
      await expect(response.arrayBuffer()).rejects.toThrow();
    }
  });

  it("leaves the provider when the reader leaves", async () => {
    let isLeft = false;
    provider.serves((_request, response) => {
      response.writeHead(200, { "content-type": "video/mp4" });
      response.write(PNG);
      response.once("close", () => {
        isLeft = true;
      });
    });
    const answer = await given(`${new URL(provider.baseUrl).origin}/endless.mp4`);
    const leave = new AbortController();
    const response = await open(answer.data?.[0]?.url, { signal: leave.signal });
    const reader = response.body?.getReader();
    expect((await reader?.read())?.value).toHaveLength(PNG.length);
    await reader?.cancel().catch(() => {});
    leave.abort();
    await expect.poll(() => isLeft, { timeout: 5_000 }).toBe(true);
  });
});

it("expires after a week, and says so", () => {
  let nowMs = 1_000;
  const addresses = createContentAddresses({
    authSecret: "a secret for tests only",
    siteUrl: "https://gateway.example",
    clock: { nowMs: () => nowMs },
  });
  const content = { url: "https://cdn.example/a.png", providerOrigin: "https://api.example" };
  const token = addresses.addressOf(content).slice("https://gateway.example/v1/content/".length);
  nowMs += CONTENT_LIFE_MS - 1;
  expect(addresses.open(token)).toEqual(content);
  nowMs += 1;
  expect(() => addresses.open(token)).toThrow(expect.objectContaining({ code: "content_expired" }));
});
