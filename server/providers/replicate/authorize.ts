import { keyHeader } from "../key-headers";
import type { ProviderKind } from "../kind";

/** A bearer token. */
export const authorize: ProviderKind["authorize"] = (_provider, _call, credential) =>
  keyHeader("bearer", credential);
