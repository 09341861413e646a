import type { ProviderQuirks } from "./quirks";

/** A key in the header that its provider reads it from. */
export function keyHeader(
  style: NonNullable<ProviderQuirks["keyHeader"]>,
  credential: string | null,
): Record<string, string> {
  if (credential === null) return {};
  return style === "bearer" ? { authorization: `Bearer ${credential}` } : { [style]: credential };
}
