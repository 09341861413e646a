import { hash, verify } from "@node-rs/argon2";

/** argon2id with OWASP's second choice of parameters: 19 MiB, two passes, one lane. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

let dummyHash: Promise<string> | null = null;

/** @returns a PHC string; the algorithm is the package's default, argon2id */
export function hashPassword(password: string): Promise<string> {
  return hash(normalize(password), PARAMETERS);
}

/**
 * Does the password belong to the hash? Takes the same time for a user who does not exist (null), so that the time
 * does not tell.
 */
export async function verifyPassword(passwordHash: string | null, password: string): Promise<boolean> {
  dummyHash ??= hashPassword("nobody has this password");
  const isRight = await verify(passwordHash ?? (await dummyHash), normalize(password));
  return passwordHash !== null && isRight;
}

/** One password typed on two systems arrives in two Unicode forms (RFC 8265 §4.2.2). */
function normalize(password: string): string {
  return password.normalize("NFC");
}
