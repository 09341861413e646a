import { timingSafeEqual } from "node:crypto";
import { hashSecret, type KeyContext, parseSecret } from "@/server/keys";
import { isAddressIn, type KeyAccess } from "@/server/organizations";
import { AppError } from "@/server/platform/errors";
import type { Authenticated, GatewayDeps, GatewayRequest } from "../types";
import { createPatience } from "./patience";

/** The hash of nothing. */
const NO_SECRET = "";

/**
 * Received → Authenticated. The checksum is verified before any look-up, and hashes are compared in constant time.
 * Whether the key is still active is asked where money is reserved, so that a revocation acts on the next request.
 * @throws AppError invalid_api_key, permission_denied (headers that name another organization or project), ip_not_allowed,
 * service_unavailable
 */
export async function authenticate(
  deps: Pick<GatewayDeps, "findKey" | "clock" | "accessOf">,
  request: GatewayRequest,
  requestId: string,
): Promise<Authenticated> {
  const receivedAtMs = deps.clock.nowMs();
  const patience = createPatience();
  const key = await patience.wait(keyOf(deps, request, receivedAtMs));
  if (key === null) throw invalidKey();
  requireNamed(request, key);
  const access = await patience.wait(deps.accessOf(key));
  requireAddress(request, access);
  return { request, requestId, receivedAtMs, key, access, patience };
}

async function keyOf(
  { findKey }: Pick<GatewayDeps, "findKey">,
  request: GatewayRequest,
  nowMs: number,
): Promise<KeyContext | null> {
  if (request.actingKeyId !== undefined) return findKey(request.actingKeyId, NO_SECRET);
  const secret = presentedSecret(request);
  const parsed = secret === null ? null : parseSecret(secret);
  if (secret === null || parsed === null) return null;
  const hash = hashSecret(secret);
  const key = await findKey(parsed.keyId, hash);
  return key !== null && isSecretOf(key, hash, nowMs) ? key : null;
}

function presentedSecret(request: GatewayRequest): string | null {
  const authorization = request.header("authorization");
  if (authorization !== undefined) return /^Bearer +(\S+) *$/i.exec(authorization)?.[1] ?? null;
  return request.header("x-api-key") ?? null;
}

/** The key's secret, or for a while after a rotation the one before. */
function isSecretOf(key: KeyContext, presented: string, nowMs: number): boolean {
  if (sameHash(key.secretHash, presented)) return true;
  const { previousSecretHash, previousValidUntil } = key;
  if (previousSecretHash === null || previousValidUntil === null) return false;
  return previousValidUntil.getTime() > nowMs && sameHash(previousSecretHash, presented);
}

/**
 * `X-DeepToken-Org` and `X-DeepToken-Project` give a key no reach: they are a client's own check that it uses the key it
 * means to, and have to name what the key belongs to.
 */
function requireNamed(request: GatewayRequest, key: KeyContext): void {
  const named = [
    ["X-DeepToken-Org", "organization", key.organizationId],
    ["X-DeepToken-Project", "project", key.projectId],
  ] as const;
  for (const [header, thing, own] of named) {
    const given = request.header(header.toLowerCase());
    if (given === undefined || given === own) continue;
    throw new AppError("permission_denied", {
      message: `\`${header}\` names another ${thing} than the one this key belongs to.`,
      param: header,
      metadata: { [`${thing}_id`]: own },
    });
  }
}

/** @throws AppError ip_not_allowed */
function requireAddress({ clientAddress }: GatewayRequest, { allowlists }: KeyAccess): void {
  if (allowlists.every((list) => isAddressIn(clientAddress, list))) return;
  throw new AppError("ip_not_allowed", {
    message: `This key may not be used from ${clientAddress}. Its organization or the key itself lists the addresses that may.`,
    metadata: { address: clientAddress },
  });
}

function sameHash(hash: string, presented: string): boolean {
  const stored = Buffer.from(hash);
  const given = Buffer.from(presented);
  return stored.length === given.length && timingSafeEqual(stored, given);
}

function invalidKey(): AppError {
  return new AppError("invalid_api_key", {
    message: "This API key is not valid. It may be unknown, revoked or expired.",
  });
}
