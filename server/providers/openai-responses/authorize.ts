import { keyHeader } from "../key-headers";
import type { ProviderKind } from "../kind";
import { quirksOf } from "../quirks";

/** A bearer token, but for the hosts whose quirks name another header (Azure). */
export const authorize: ProviderKind["authorize"] = (provider, _call, credential) =>
  keyHeader(quirksOf(provider).keyHeader ?? "bearer", credential);
