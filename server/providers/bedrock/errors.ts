import type { ProviderKind } from "../kind";

/** AWS answers 400 to a token that has expired or that it does not know. */
export const isOurAccount: ProviderKind["isOurAccount"] = (status, { message }) =>
  status === 400 && /security token|signature|access key/i.test(message ?? "");
