import { timingSafeEqual } from "node:crypto";

/** Does the `authorization` header carry this bearer secret? Compared in constant time. No secret configured: never. */
export function isBearer(authorization: string | null, secret: string | undefined): boolean {
  if (!secret || !authorization) return false;
  const expected = Buffer.from(`Bearer ${secret}`);
  const given = Buffer.from(authorization);
  return expected.length === given.length && timingSafeEqual(expected, given);
}
