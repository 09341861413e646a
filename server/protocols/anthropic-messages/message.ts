import type { AnswerIdentity } from "../model";

/** What every message of ours begins with. */
export function messageOf({ generationId, model }: AnswerIdentity) {
  return { id: generationId, type: "message", role: "assistant", model } as const;
}
