import type { ProviderKind } from "../kind";

/** Cohere answers 400 to a malformed key. */
export const isOurAccount: ProviderKind["isOurAccount"] = (status, { message }) =>
  status === 400 && /invalid api token/i.test(message ?? "");
