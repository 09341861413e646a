import { createPrivateKey, hkdfSync, type KeyObject } from "node:crypto";
import { keyIdOf, type PublicJwk, signPayload, toPublicJwk } from "./signature";

export interface Signer {
  readonly keyId: string;
  readonly publicJwk: PublicJwk;
  /** True when the key follows from AUTH_SECRET because no key of its own was given. */
  readonly isDerived: boolean;
  /** @param type `typ` of the JWS header: what kind of document it is */
  sign(type: string, payload: unknown): string;
}

const SEED_BYTES = 32;
/** PKCS #8 of an Ed25519 key (RFC 8410), up to its 32 byte seed. */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");

/**
 * The key that signs receipts and exports.
 * @param options.signingKey RECEIPT_SIGNING_KEY: an Ed25519 private key as PEM (PKCS #8), or its 32 byte seed in base64.
 *   Without it the key is derived from AUTH_SECRET by HKDF-SHA256 (RFC 5869), and changes when that secret changes.
 * @throws RangeError for text that is neither
 */
export function createSigner(options: {
  readonly signingKey: string | undefined;
  readonly authSecret: string;
}): Signer {
  const key = options.signingKey ? readKey(options.signingKey) : deriveKey(options.authSecret);
  const publicJwk = toPublicJwk(key);
  const keyId = keyIdOf(publicJwk);
  return {
    keyId,
    publicJwk,
    isDerived: !options.signingKey,
    sign: (type, payload) => signPayload(key, keyId, type, payload),
  };
}

function readKey(text: string): KeyObject {
  if (text.includes("PRIVATE KEY")) {
    // Environment files often carry the line ends of a PEM as \n.
    const key = readPem(text.replaceAll("\\n", "\n"));
    if (key?.asymmetricKeyType !== "ed25519") throw unreadable();
    return key;
  }
  const seed = Buffer.from(text.trim(), "base64");
  if (seed.length !== SEED_BYTES) throw unreadable();
  return fromSeed(seed);
}

function readPem(pem: string): KeyObject | null {
  try {
    return createPrivateKey(pem);
  } catch {
    return null;
  }
}

function deriveKey(authSecret: string): KeyObject {
  return fromSeed(
    Buffer.from(hkdfSync("sha256", authSecret, "", "deeptoken receipt signing v1", SEED_BYTES)),
  );
}

function fromSeed(seed: Buffer): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: "der", type: "pkcs8" });
}

function unreadable(): RangeError {
  return new RangeError(
    "RECEIPT_SIGNING_KEY is neither a PEM of an Ed25519 private key nor a 32 byte seed in base64.",
  );
}
