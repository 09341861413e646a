import { createHash, createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { CatalogProvider } from "@/server/catalog";
import { prepareCall } from "./call";

const hash = (text: string) => createHash("sha256").update(text).digest("hex");
const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();

/** Signature Version 4 worked out by hand: https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html */
function signatureOf(path: string, headers: Record<string, string>, body: string, region: string) {
  const names = Object.keys(headers).sort();
  const canonical = [
    "POST",
    // Every service but S3 signs the path encoded once more than it is sent.
    path.split("/").map(encodeURIComponent).join("/"),
    "",
    ...names.map((name) => `${name}:${headers[name]}`),
    "",
    names.join(";"),
    hash(body),
  ].join("\n");
  const at = headers["x-amz-date"] ?? "";
  const day = at.slice(0, 8);
  const scope = `${day}/${region}/bedrock/aws4_request`;
  const toSign = ["AWS4-HMAC-SHA256", at, scope, hash(canonical)].join("\n");
  const key = [day, region, "bedrock", "aws4_request"].reduce<string | Buffer>(hmac, "AWS4secret");
  return createHmac("sha256", key).update(toSign).digest("hex");
}

const provider: CatalogProvider = {
  id: "prv_1",
  slug: "bedrock",
  name: "Bedrock",
  kind: "bedrock",
  baseUrl: "https://bedrock-runtime.eu-central-1.amazonaws.com",
  isSimulated: false,
  dataPolicy: { trainsOnPrompts: null, retentionDays: null, regions: [] },
  profile: null,
  credential: () => ({ secret: "AKID:secret:token:x", rest: () => 0 }),
};
const call = {
  path: "/model/a.b-v1%3A0/converse",
  headers: { "content-type": "application/json" },
  body: '{"a":"ü"}',
};

describe("signing for Bedrock", () => {
  it("prevents refused calls: path, headers and body are signed as AWS checks them", async () => {
    const { headers: sent, url } = await prepareCall(provider, call);
    const names = /SignedHeaders=([^,]+)/.exec(sent.authorization ?? "")?.[1]?.split(";") ?? [];
    expect(names).toEqual(expect.arrayContaining(["host", "x-amz-date", "x-amz-security-token"]));
    const signed = Object.fromEntries(
      names.map((name) => [name, name === "host" ? url.host : (sent[name] ?? "")]),
    );
    const signature = signatureOf(url.pathname, signed, call.body, "eu-central-1");
    expect(sent.authorization).toContain(`Signature=${signature}`);
    expect(sent["x-amz-security-token"]).toBe("token:x");
  });
});
