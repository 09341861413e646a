import { createHash } from "node:crypto";
import { type Json, unsupported } from "./fields";

/** Tiers that cost more than the price that is charged. */
const DEARER_TIERS: ReadonlySet<unknown> = new Set(["priority", "scale", "fast"]);

/**
 * Refuses what every conversation protocol would pass on and nobody could honour at the price that is charged: dearer tiers
 * of a provider's capacity, and plugins, of which the gateway has none.
 * @throws AppError unsupported_parameter naming the field
 */
export function refuseUnpriced(body: Json): void {
  const { service_tier: tier, speed, inference_geo: geo, plugins } = body;
  if (DEARER_TIERS.has(tier))
    throw unsupported("service_tier", `the tier ${JSON.stringify(tier)} has no price here`);
  if (speed === "fast") throw unsupported("speed", "it has no price here");
  if (geo === "us") throw unsupported("inference_geo", "it has no price here; name a region in `provider`");
  if (Array.isArray(plugins) && plugins.length > 0) throw unsupported("plugins", "the gateway has none");
}

/** The longest name of an end user that OpenAI takes. */
const MOST_USER_CHARACTERS = 64;

/**
 * The name of an end user as OpenAI's protocols take it. A longer one (Claude Code's is) becomes its SHA-256 in hex: still
 * the same for the same user, and nobody else's.
 */
export function toUserName(user: string | null): string | null {
  if (user === null || user.length <= MOST_USER_CHARACTERS) return user;
  return createHash("sha256").update(user).digest("hex");
}
