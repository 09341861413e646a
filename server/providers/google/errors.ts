import type { ProviderKind } from "../kind";

/** Google answers 400 to a wrong or expired key. */
export const isOurAccount: ProviderKind["isOurAccount"] = (status, { message }) =>
  status === 400 && /api key (not valid|expired|not found)/i.test(message ?? "");
