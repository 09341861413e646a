import { randomBytes } from "node:crypto";

/** No letters that are read as digits. 32 of them, so that a byte gives five bits without a bias. */
const ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ0123456789";
const RANDOM_LENGTH = 12;
const SHAPE = /^[A-Z0-9][A-Z0-9-]{2,38}[A-Z0-9]$/;

/** A code as it is compared: without spaces, in capitals. Null for what cannot be one. */
export function toCode(text: string): string | null {
  const code = text.replaceAll(/\s/g, "").toUpperCase();
  return SHAPE.test(code) ? code : null;
}

/** 60 random bits in three groups. */
export function randomCode(): string {
  const letters = Array.from(randomBytes(RANDOM_LENGTH), (byte) => ALPHABET[byte % ALPHABET.length]).join("");
  return `${letters.slice(0, 4)}-${letters.slice(4, 8)}-${letters.slice(8)}`;
}
