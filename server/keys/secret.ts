import { hash, randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";

/**
 * A secret is `dtk_` + the suffix of the key's id + `_` + 256 random bits + CRC32 of everything before it; one of the
 * management API begins with `dtm_`.
 * The id inside makes the look-up an indexed one; the checksum answers typing errors and scanners without any look-up.
 */
const KINDS = {
  inference: { prefix: "dtk_", idPrefix: "key_" },
  management: { prefix: "dtm_", idPrefix: "mgk_" },
} as const;
export type SecretKind = keyof typeof KINDS;
const RANDOM_LENGTH = 43;
const CHECKSUM_LENGTH = 6;
const SECRET_LENGTH = 80;
const SHAPE = /^dt[km]_([0-7][0-9a-hjkmnp-tv-z]{25})_[0-9A-Za-z]{49}$/;
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** A new secret for a key id (`key_…`, `mgk_…`). Shown once, never stored. */
export function createSecret(keyId: string, kind: SecretKind = "inference"): string {
  const { prefix, idPrefix } = KINDS[kind];
  const random = toBase62(BigInt(`0x${randomBytes(32).toString("hex")}`), RANDOM_LENGTH);
  const body = `${prefix}${keyId.slice(idPrefix.length)}_${random}`;
  const secret = body + checksum(body);
  if (!SHAPE.test(secret) || !keyId.startsWith(idPrefix)) throw new RangeError("not the id of an API key");
  return secret;
}

/**
 * The key id inside a secret, or null when the text is not one: wrong kind, length, characters or checksum.
 * No I/O; the work is bounded by the length, which is checked first.
 */
export function parseSecret(text: string, kind: SecretKind = "inference"): { keyId: string } | null {
  const { prefix, idPrefix } = KINDS[kind];
  if (text.length !== SECRET_LENGTH || !text.startsWith(prefix)) return null;
  const suffix = SHAPE.exec(text)?.[1];
  if (suffix === undefined) return null;
  const body = text.slice(0, SECRET_LENGTH - CHECKSUM_LENGTH);
  return text.endsWith(checksum(body)) ? { keyId: `${idPrefix}${suffix}` } : null;
}

/** SHA-256 of the whole secret, hex. A slow hash is for passwords; 256 random bits cannot be guessed. */
export function hashSecret(secret: string): string {
  return hash("sha256", secret, "hex");
}

/** What is kept readable so that a person can tell keys apart: the last four characters. */
export function secretTail(secret: string): string {
  return secret.slice(-4);
}

function checksum(text: string): string {
  let rest = crc32(text);
  let written = "";
  for (let index = 0; index < CHECKSUM_LENGTH; index += 1) {
    written = ALPHABET.charAt(rest % 62) + written;
    rest = Math.floor(rest / 62);
  }
  return written;
}

function toBase62(value: bigint, length: number): string {
  let rest = value;
  let text = "";
  for (let index = 0; index < length; index += 1) {
    text = ALPHABET.charAt(Number(rest % 62n)) + text;
    rest /= 62n;
  }
  return text;
}
