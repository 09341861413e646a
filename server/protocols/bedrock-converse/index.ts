import { isObject, readObject, textIn } from "../fields";
import type { OutboundDialect } from "../model";
import { CONVERSE_CARRIES } from "./carries";
import { readConverseAnswer } from "./from-response";
import { createConverseReader } from "./from-stream";
import { toConverseBody } from "./to-request";

export { encodeFrame } from "./frames";

/** Amazon Bedrock, Converse and ConverseStream: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html */
export const outbound: OutboundDialect = {
  name: "bedrock-converse",
  carries: CONVERSE_CARRIES,
  path: ({ model, stream }) =>
    `/model/${encodeURIComponent(model)}/${stream ? "converse-stream" : "converse"}`,
  headers: ({ stream }) => ({
    accept: stream ? "application/vnd.amazon.eventstream" : "application/json",
  }),
  toBody: (conversation, options) => JSON.stringify(toConverseBody(conversation, options)),
  toSameBody(call, options) {
    const config = isObject(call.body.inferenceConfig) ? call.body.inferenceConfig : {};
    const { model: _inThePath, ...body } = call.body;
    return JSON.stringify({ ...body, inferenceConfig: { ...config, maxTokens: options.outputTokens } });
  },
  reader: createConverseReader,
  readWhole: readConverseAnswer,
  readError(bytes) {
    const body = readObject(bytes) ?? {};
    return { message: textIn(body.message) ?? textIn(body.Message), param: null };
  },
};
