import { type InboundTable, type OutboundTable, TRAITS } from "../model";
import { OWN_FIELDS } from "../own-fields";

/** What becomes of a legacy completion request whose model is served over another protocol. */
export const COMPLETION_FIELDS: InboundTable = {
  model: { carried: [] },
  prompt: { carried: [] },
  stream: { carried: [] },
  stream_options: { carried: [] },
  max_tokens: { carried: [] },
  temperature: { carried: ["temperature"] },
  top_p: { carried: ["top_p"] },
  frequency_penalty: { carried: ["frequency_penalty"] },
  presence_penalty: { carried: ["presence_penalty"] },
  seed: { carried: ["seed"] },
  stop: { carried: ["stop"] },
  logit_bias: { carried: ["logit_bias"] },
  n: { carried: ["choices"] },
  user: { carried: ["user"] },
  echo: {
    refused: "an answer of another protocol does not repeat its prompt",
    isNeutral: (value) => value === false,
  },
  suffix: {
    refused: "only models for completions can fill in the middle of a text",
    isNeutral: (value) => value === "",
  },
  logprobs: { refused: "the legacy form of log probabilities exists only in completions" },
  best_of: {
    refused: "no other protocol makes several answers and keeps the best",
    isNeutral: (value) => value === 1,
  },
  ...Object.fromEntries([...OWN_FIELDS].map((name) => [name, { dropped: "the gateway itself reads it" }])),
  plugins: {
    refused: "the gateway has none",
    isNeutral: (value) => Array.isArray(value) && value.length === 0,
  },
};

const NO_TURNS = "a completion continues one text and has no turns";

/** Conversations are never written as completions: no provider speaks only this wire. */
export const COMPLETION_TRAITS = Object.fromEntries(
  TRAITS.map((trait) => [trait, { refused: NO_TURNS }]),
) as unknown as OutboundTable;
