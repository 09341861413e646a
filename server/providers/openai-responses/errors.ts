import type { ProviderKind } from "../kind";

/** OpenAI answers 400 to a spent billing limit. */
export const isOurAccount: ProviderKind["isOurAccount"] = (status, { message }) =>
  status === 400 && /billing_hard_limit|billing hard limit/i.test(message ?? "");
