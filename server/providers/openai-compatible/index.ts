import type { ProviderKind } from "../kind";
import { authorize } from "./authorize";
import { isOurAccount } from "./errors";
import { toUrl } from "./url";

export const kind: ProviderKind = {
  name: "openai-compatible",
  dialects: ["openai-chat"],
  toUrl,
  authorize,
  isOurAccount,
};
