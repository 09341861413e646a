import { createHash, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { canonicalJson } from "@/server/platform/canonical-json";

/** Public half of a signing key as JWK (RFC 8037). */
export interface PublicJwk {
  readonly kty: "OKP";
  readonly crv: "Ed25519";
  readonly x: string;
}

/** `typ` of a signed receipt. */
export const RECEIPT_TYPE = "deeptoken-receipt+jws";

/** Id of a key: its JWK thumbprint (RFC 7638), so that an id cannot be given to another key. */
export function keyIdOf({ crv, kty, x }: PublicJwk): string {
  return createHash("sha256").update(canonicalJson({ crv, kty, x })).digest("base64url");
}

export function toPublicJwk(key: KeyObject): PublicJwk {
  const { x } = createPublicKey(key).export({ format: "jwk" });
  return { kty: "OKP", crv: "Ed25519", x: String(x) };
}

/** A compact JWS (RFC 7515, alg EdDSA) over the canonical JSON of a payload. The same payload and key give the same text. */
export function signPayload(privateKey: KeyObject, keyId: string, type: string, payload: unknown): string {
  const header = encode(canonicalJson({ alg: "EdDSA", kid: keyId, typ: type }));
  const signed = `${header}.${encode(canonicalJson(payload))}`;
  return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString("base64url")}`;
}

export type Opened =
  | { readonly ok: true; readonly keyId: string; readonly type: string; readonly payload: unknown }
  | { readonly ok: false; readonly problem: string };

/**
 * Checks a JWS against known keys. Every byte counts: also a spelling of base64url that decodes to the same is refused.
 * @param keys public keys by key id
 */
export function openSigned(jws: string, keys: ReadonlyMap<string, PublicJwk>): Opened {
  const [header, body, signature, ...more] = jws.split(".");
  if (header === undefined || body === undefined || signature === undefined || more.length > 0)
    return { ok: false, problem: "it is not three parts with points between them" };
  for (const part of [header, body, signature]) {
    if (Buffer.from(part, "base64url").toString("base64url") !== part)
      return { ok: false, problem: "it is not base64url" };
  }
  const head = parse(header);
  if (!isRecord(head) || head.alg !== "EdDSA" || typeof head.kid !== "string")
    return { ok: false, problem: "its header names no EdDSA key" };
  const jwk = keys.get(head.kid);
  if (!jwk) return { ok: false, problem: `its key ${head.kid} is not among the known keys` };
  const key = createPublicKey({ key: { ...jwk }, format: "jwk" });
  if (!verify(null, Buffer.from(`${header}.${body}`), key, Buffer.from(signature, "base64url")))
    return { ok: false, problem: "its signature does not fit its content" };
  return { ok: true, keyId: head.kid, type: String(head.typ), payload: parse(body) };
}

function encode(text: string): string {
  return Buffer.from(text, "utf8").toString("base64url");
}

function parse(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
  } catch {
    return null;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
