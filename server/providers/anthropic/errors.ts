import type { ProviderKind } from "../kind";

/** Anthropic answers 400 when our prepaid credit there is used up. */
export const isOurAccount: ProviderKind["isOurAccount"] = (status, { message }) =>
  status === 400 && /credit balance is too low/i.test(message ?? "");
