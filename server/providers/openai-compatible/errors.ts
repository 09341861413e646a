import type { ProviderKind } from "../kind";

/** xAI answers 400 to a wrong key, OpenAI to a spent billing limit. */
export const isOurAccount: ProviderKind["isOurAccount"] = (status, { message }) =>
  status === 400 &&
  /incorrect api key|invalid api key|billing_hard_limit|billing hard limit/i.test(message ?? "");
