import type { ProviderKind } from "../kind";

/** `Authorization: Key …`, fal's own scheme. */
export const authorize: ProviderKind["authorize"] = (_provider, _call, credential): Record<string, string> =>
  credential === null ? {} : { authorization: `Key ${credential}` };
