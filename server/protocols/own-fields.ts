/** Names that other gateways let callers steer the upstream with. They never leave this process. */
export const NEVER_FORWARDED: ReadonlySet<string> = new Set([
  "api_base",
  "base_url",
  "api_key",
  "user_config",
  "extra_headers",
  "__proto__",
  "constructor",
  "prototype",
]);

/** Ours: read by the gateway, unknown to providers. */
export const OWN_FIELDS: ReadonlySet<string> = new Set([
  "models",
  "provider",
  "route",
  "usage",
  "session_id",
  "max_cost_usd",
  "price_lock",
  "providerOptions",
  "plugins",
]);

/** A body without what is ours or must not travel: what may go to a provider as the client wrote it. */
export function forwardable(body: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(body)) {
    if (!NEVER_FORWARDED.has(name) && !OWN_FIELDS.has(name)) kept[name] = value;
  }
  const { metadata } = kept;
  if (typeof metadata === "object" && metadata !== null && "org" in metadata) {
    const { org: _never, ...rest } = metadata;
    kept.metadata = rest;
  }
  return kept;
}
