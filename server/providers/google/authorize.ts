import { keyHeader } from "../key-headers";
import type { ProviderKind } from "../kind";

/** Keys of AI Studio go in `x-goog-api-key`; never in the query, where logs would keep them. */
export const authorize: ProviderKind["authorize"] = (_provider, _call, credential) =>
  keyHeader("x-goog-api-key", credential);
