import { keyHeader } from "../key-headers";
import type { ProviderKind } from "../kind";

/** Keys of the console go in `x-api-key`. */
export const authorize: ProviderKind["authorize"] = (_provider, _call, credential) =>
  keyHeader("x-api-key", credential);
