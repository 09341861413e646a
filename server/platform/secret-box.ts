import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

const VERSION = "v1";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Encryption at rest for secrets that have to be read again, such as a provider's API key. */
export interface SecretBox {
  /** `v1.` + base64url of nonce, tag and ciphertext. Two seals of one text differ. */
  seal(text: string): string;
  /** @throws Error when the text was changed, or sealed under another secret or version */
  open(ciphertext: string): string;
}

/**
 * AES-256-GCM under a key derived by HKDF-SHA256 (RFC 5869) from the application's secret.
 * @param secret AUTH_SECRET; at least 16 characters
 * @param purpose boxes of different purposes cannot open each other's seals
 */
export function createSecretBox(secret: string, purpose = "secret box"): SecretBox {
  if (secret.length < 16) throw new RangeError("the secret must have at least 16 characters");
  const key = Buffer.from(hkdfSync("sha256", secret, "", `deeptoken ${purpose} ${VERSION}`, KEY_BYTES));
  return {
    seal(text) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(Buffer.from(VERSION));
      const body = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return `${VERSION}.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64url")}`;
    },
    open(ciphertext) {
      const [version, payload, ...rest] = ciphertext.split(".");
      if (version !== VERSION || payload === undefined || rest.length > 0) throw unreadable();
      const bytes = Buffer.from(payload, "base64url");
      if (bytes.length < NONCE_BYTES + TAG_BYTES) throw unreadable();
      const nonce = bytes.subarray(0, NONCE_BYTES);
      const tag = bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
      const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(VERSION));
      decipher.setAuthTag(tag);
      try {
        const body = bytes.subarray(NONCE_BYTES + TAG_BYTES);
        return Buffer.concat([decipher.update(body), decipher.final()]).toString("utf8");
      } catch (cause) {
        throw unreadable(cause);
      }
    },
  };
}

function unreadable(cause?: unknown): Error {
  return new Error("the secret cannot be read: it was changed, or sealed under another AUTH_SECRET", {
    cause,
  });
}
