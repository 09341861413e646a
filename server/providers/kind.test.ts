import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { PROVIDER_KINDS, type ProviderKindName } from "@/db/schema";
import type { CatalogProvider } from "@/server/catalog";
import { dialectsOf, prepareCall } from "./call";
import { PROFILES, quirksOf } from "./quirks";

const folders = readdirSync("server/providers", { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

function providerOf(
  kind: ProviderKindName,
  baseUrl: string,
  credential: string | null = "k-1",
): CatalogProvider {
  return {
    id: "prv_1",
    slug: "p",
    name: "P",
    kind,
    baseUrl,
    isSimulated: false,
    dataPolicy: { trainsOnPrompts: null, retentionDays: null, regions: [] },
    profile: null,
    credential: () => (credential === null ? null : { secret: credential, rest: () => 0 }),
  };
}

const headersOf = async (provider: CatalogProvider) =>
  (await prepareCall(provider, { path: "/x", headers: { accept: "a" }, body: "{}" })).headers;

describe("provider kinds", () => {
  it("have one folder each, all of the same shape", () => {
    expect(folders.sort()).toEqual([...PROVIDER_KINDS].sort());
    for (const folder of folders) {
      expect(readdirSync(`server/providers/${folder}`).sort(), folder).toEqual([
        "authorize.ts",
        "errors.ts",
        "index.ts",
        "url.ts",
      ]);
      expect(readFileSync(`server/providers/${folder}/index.ts`, "utf8")).toContain(`name: "${folder}"`);
    }
  });

  it.each([
    ["openai-compatible", "https://api.example.com/v1", { authorization: "Bearer k-1" }],
    ["openai-compatible", "https://us.openai.azure.com/openai/v1", { "api-key": "k-1" }],
    ["openai-responses", "https://api.openai.com/v1", { authorization: "Bearer k-1" }],
    ["anthropic", "https://api.anthropic.com/v1", { "x-api-key": "k-1" }],
    ["google", "https://generativelanguage.googleapis.com/v1beta", { "x-goog-api-key": "k-1" }],
    ["cohere", "https://api.cohere.com/v2", { authorization: "Bearer k-1" }],
    ["bedrock", "https://bedrock-runtime.eu-west-1.amazonaws.com", { authorization: "Bearer k-1" }],
  ] as const)(
    "prevents a key from going where it is not read, or is logged: %s at %s",
    async (kind, url, proof) => {
      const provider = providerOf(kind, url);
      const { url: target, headers } = await prepareCall(provider, {
        path: "/x?y=1",
        headers: { accept: "a" },
        body: "{}",
      });
      expect(headers).toEqual({ accept: "a", ...proof });
      expect(target.href).not.toContain("k-1");
      expect(target.href).toBe(`${url}/x?y=1`);
    },
  );

  it("sends no credential header at all when the provider needs none", async () => {
    for (const kind of PROVIDER_KINDS)
      expect(await headersOf(providerOf(kind, "http://127.0.0.1:9", null))).toEqual({ accept: "a" });
  });

  it("signs for Bedrock with the region of the host, and keeps the secret out of the request", async () => {
    const provider = providerOf(
      "bedrock",
      "https://bedrock-runtime.eu-west-1.amazonaws.com",
      "AKIAEXAMPLE:secret-part",
    );
    const headers = await headersOf(provider);
    expect(headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE\/\d{8}\/eu-west-1\/bedrock\//,
    );
    expect(JSON.stringify(headers)).not.toContain("secret-part");
  });
});

describe("quirks", () => {
  it("are found by the host of the base URL, and by nothing in a request", () => {
    expect(quirksOf(providerOf("openai-compatible", "https://api.openai.com/v1"))).toBe(
      PROFILES.openai.quirks,
    );
    expect(quirksOf(providerOf("openai-compatible", "https://api.x.ai/v1"))).toBe(PROFILES.xai.quirks);
    expect(quirksOf(providerOf("openai-compatible", "https://openai.com.evil.example/v1"))).toEqual({});
  });

  it("can be chosen by name, for hosts that their address does not give away", async () => {
    const own = { ...providerOf("openai-compatible", "https://models.example.com/v1"), profile: "vllm" };
    expect(quirksOf(own)).toBe(PROFILES.vllm.quirks);
    const old = {
      ...providerOf("openai-compatible", "https://x.openai.azure.com/openai/deployments/a"),
      profile: "azure-deployments",
    };
    const { url, headers } = await prepareCall(old, { path: "/chat/completions", headers: {}, body: "{}" });
    expect(url.search).toBe("?api-version=2024-10-21");
    expect(headers).toEqual({ "api-key": "k-1" });
  });

  it("add wires to a provider's own, which stays the first", () => {
    expect(dialectsOf(providerOf("openai-compatible", "https://api.openai.com/v1"))[0]).toBe("openai-chat");
    expect(dialectsOf(providerOf("openai-compatible", "https://api.openai.com/v1"))).toContain(
      "openai-responses",
    );
    expect(dialectsOf(providerOf("anthropic", "https://api.anthropic.com/v1"))).toEqual([
      "anthropic-messages",
    ]);
  });
});
