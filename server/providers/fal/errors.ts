import type { ProviderKind } from "../kind";

/** fal says with other statuses what is about the account. */
export const isOurAccount: ProviderKind["isOurAccount"] = () => false;
