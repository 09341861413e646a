import { NO_TOKENS } from "@/server/protocols/cost";
import {
  parseModeration,
  readModeration,
  renderModeration,
  toModerationBody,
} from "@/server/protocols/moderations";
import { COMPLETE, jsonAnswer, jsonExchange, plainApi, unlessOpenai } from "./plain";
import { hasPriceOf } from "./price-basis";

/** OpenAI's endpoint needs no model; this is the one that it takes. */
const USUAL_MODEL = "openai/omni-moderation-latest";

/** `POST moderations`. */
export const moderationsApi = plainApi("moderations", "moderation", (bytes) => {
  const call = parseModeration(bytes, USUAL_MODEL);
  return {
    model: call.model,
    body: call.body,
    promptText: call.text,
    refusal: (candidate) => unlessOpenai(candidate, "moderations"),
    exchange: (candidate, { model }) =>
      jsonExchange("/moderations", toModerationBody(call, candidate.upstreamModel), (answered) => {
        const answer = readModeration(answered);
        return (
          answer && {
            usage: hasPriceOf(candidate.priceVersion, "input") ? answer.usage : NO_TOKENS,
            rawUsage: answer.body.usage ?? null,
            finishReason: COMPLETE,
            generatedText: () => "",
            render: (final) => jsonAnswer(renderModeration(answer, model, final)),
          }
        );
      }),
  };
});
