import { unsupported } from "../fields";
import {
  type AnswerFormat,
  type Conversation,
  type OutboundOptions,
  refuseUncarriedTraits,
  type Tool,
  type ToolChoice,
} from "../model";
import { CONVERSE_CARRIES } from "./carries";
import { toCachePoint, toMessages, toTextBlocks } from "./to-messages";
import { toModelFields } from "./to-model-fields";

/**
 * A Converse request body. Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 * @throws AppError unsupported_parameter
 */
export function toConverseBody(
  conversation: Conversation,
  options: OutboundOptions,
): Record<string, unknown> {
  refuseUncarriedTraits(conversation, CONVERSE_CARRIES);
  const { instructions, sampling, answerFormat, tools } = conversation;
  const system = instructions.flatMap(toTextBlocks);
  const modelFields = toModelFields(conversation, options);
  return {
    messages: toMessages(conversation.turns),
    ...(system.length > 0 ? { system } : {}),
    inferenceConfig: {
      maxTokens: options.outputTokens,
      ...(sampling.temperature === null ? {} : { temperature: sampling.temperature }),
      ...(sampling.topP === null ? {} : { topP: sampling.topP }),
      ...(sampling.stop.length > 0 ? { stopSequences: sampling.stop } : {}),
    },
    ...(tools.length > 0 ? { toolConfig: toToolConfig(tools, conversation.toolChoice) } : {}),
    ...(answerFormat ? { outputConfig: { textFormat: toTextFormat(answerFormat) } } : {}),
    ...(Object.keys(modelFields).length > 0 ? { additionalModelRequestFields: modelFields } : {}),
  };
}

function toToolConfig(tools: readonly Tool[], choice: ToolChoice | null): Record<string, unknown> {
  if (choice?.kind === "none")
    throw unsupported("tool_choice", "Converse cannot forbid the tools that it is given");
  return {
    tools: tools.flatMap((tool) => [{ toolSpec: toToolSpec(tool) }, ...toCachePoint(tool.cache)]),
    ...(choice ? { toolChoice: toToolChoice(choice) } : {}),
  };
}

function toToolSpec({ name, description, parameters, strict }: Tool): Record<string, unknown> {
  return {
    name,
    ...(description === null || description === "" ? {} : { description }),
    inputSchema: { json: parameters },
    ...(strict === true ? { strict } : {}),
  };
}

function toToolChoice(choice: ToolChoice): Record<string, unknown> {
  if (choice.kind === "tool") return { tool: { name: choice.name } };
  return choice.kind === "required" ? { any: {} } : { auto: {} };
}

function toTextFormat(format: AnswerFormat): Record<string, unknown> {
  if (format.kind !== "json_schema") throw unsupported("response_format", "Converse needs a JSON schema");
  const { name, description, schema } = format;
  return {
    type: "json_schema",
    structure: {
      jsonSchema: {
        schema: JSON.stringify(schema),
        name,
        ...(description === null ? {} : { description }),
      },
    },
  };
}
