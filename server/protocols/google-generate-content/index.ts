import { isObject } from "../fields";
import type { OutboundDialect } from "../model";
import { GEMINI_CARRIES } from "./carries";
import { readGeminiAnswer } from "./from-response";
import { createGeminiReader } from "./from-stream";
import { readGeminiError } from "./read-error";
import { toGeminiBody } from "./to-request";

/** Google Gemini, `models/*:generateContent` and `:streamGenerateContent`: https://ai.google.dev/api/generate-content */
export const outbound: OutboundDialect = {
  name: "google-generate-content",
  carries: GEMINI_CARRIES,
  path: ({ model, stream }) =>
    `/models/${encodeURIComponent(model)}:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
  headers: () => ({}),
  toBody: (conversation, options) => JSON.stringify(toGeminiBody(conversation, options)),
  toSameBody(call, options) {
    const config = isObject(call.body.generationConfig) ? call.body.generationConfig : {};
    const { model: _inThePath, ...body } = call.body;
    return JSON.stringify({
      ...body,
      generationConfig: { ...config, maxOutputTokens: options.outputTokens },
    });
  },
  reader: createGeminiReader,
  readWhole: readGeminiAnswer,
  readError: readGeminiError,
};
