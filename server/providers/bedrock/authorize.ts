import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import { keyHeader } from "../key-headers";
import type { ProviderKind, UnsignedCall } from "../kind";

/**
 * Two kinds of credential: a Bedrock API key, which is a bearer token, or `ACCESS_KEY_ID:SECRET_ACCESS_KEY`, optionally
 * with `:SESSION_TOKEN`, which signs each request (Signature Version 4).
 */
export const authorize: ProviderKind["authorize"] = (_provider, call, credential) => {
  const [accessKeyId, secretAccessKey, ...session] = (credential ?? "").split(":");
  if (!accessKeyId || !secretAccessKey) return keyHeader("bearer", credential);
  return sign(call, { accessKeyId, secretAccessKey, sessionToken: session.join(":") });
};

interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

async function sign({ url, headers, body }: UnsignedCall, keys: Keys): Promise<Record<string, string>> {
  const signer = new SignatureV4({
    service: "bedrock",
    region: regionOf(url.hostname),
    sha256: Sha256,
    credentials: {
      accessKeyId: keys.accessKeyId,
      secretAccessKey: keys.secretAccessKey,
      ...(keys.sessionToken === "" ? {} : { sessionToken: keys.sessionToken }),
    },
  });
  const signed = await signer.sign({
    method: "POST",
    protocol: url.protocol,
    hostname: url.hostname,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: { ...headers, host: url.host },
    body,
  });
  return signed.headers;
}

/** The region is part of the host; a host of one's own (a proxy, the simulator) stands for the oldest one. */
function regionOf(host: string): string {
  return /^bedrock-runtime(?:-fips)?\.([a-z0-9-]+)\.amazonaws\.com/.exec(host)?.[1] ?? "us-east-1";
}
