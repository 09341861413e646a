import { isObject, objectsIn } from "@/server/protocols/fields";
import { type Choice, type TokenCounts, writeAnswer } from "../answering";
import { type Protocol, ProtocolError, type Script } from "../script";
import type { ChatRequest } from "./openai-chat-request";

/** Gemini's generateContent, whole and streamed: https://ai.google.dev/api/generate-content */
export const geminiWhole: Protocol = protocol(/\/models\/[^/]+:generateContent$/, false);
export const geminiStream: Protocol = protocol(/\/models\/[^/]+:streamGenerateContent$/, true);

function protocol(path: RegExp, isStream: boolean): Protocol {
  return {
    path,
    model: modelIn,
    async answer(incoming) {
      const { choices, counts } = await writeAnswer(
        toChat(modelIn(incoming.path), incoming.body),
        incoming.scenario,
      );
      const frame = { responseId: incoming.id, modelVersion: modelIn(incoming.path) };
      return isStream ? toStream(frame, choices, counts) : toWhole(frame, choices, counts);
    },
    error: errorBody,
  };
}

function modelIn(path: string): string {
  return decodeURIComponent(/\/models\/([^/]+):/.exec(path)?.[1] ?? "");
}

const EFFORT_BY_BUDGET = { 0: null, 1024: "low", 8192: "medium", 24576: "high" } as const;

/** The request in the words that the simulated model is written for. */
function toChat(model: string, body: unknown): ChatRequest {
  if (!isObject(body) || objectsIn(body.contents).length === 0)
    throw new ProtocolError("* GenerateContentRequest.contents: contents is not specified");
  const config = isObject(body.generationConfig) ? body.generationConfig : {};
  const thinking = isObject(config.thinkingConfig) ? config.thinkingConfig : {};
  const calling = isObject(body.toolConfig) ? body.toolConfig.functionCallingConfig : undefined;
  const mode = isObject(calling) ? calling.mode : undefined;
  const named =
    isObject(calling) && Array.isArray(calling.allowedFunctionNames) ? calling.allowedFunctionNames : [];
  const budget = EFFORT_BY_BUDGET[Number(thinking.thinkingBudget) as keyof typeof EFFORT_BY_BUDGET];
  return {
    model,
    messages: [
      ...(isObject(body.systemInstruction)
        ? [{ role: "system", content: textOf(body.systemInstruction) }]
        : []),
      ...objectsIn(body.contents).map((content) => ({
        role: roleOf(content),
        content: contentOf(content),
      })),
    ],
    max_tokens: Number(config.maxOutputTokens) || undefined,
    n: Number(config.candidateCount) || 1,
    stop: Array.isArray(config.stopSequences) ? config.stopSequences.map(String) : null,
    tools: objectsIn(body.tools)
      .flatMap((tool) => objectsIn(tool.functionDeclarations))
      .map((declared) => ({
        type: "function",
        function: {
          name: String(declared.name),
          parameters: isObject(declared.parametersJsonSchema) ? declared.parametersJsonSchema : {},
        },
      })),
    tool_choice:
      named.length > 0
        ? { function: { name: String(named[0]) } }
        : mode === "ANY"
          ? "required"
          : mode === "NONE"
            ? "none"
            : null,
    response_format: config.responseMimeType === "application/json" ? { type: "json_object" } : null,
    reasoning_effort: typeof thinking.thinkingLevel === "string" ? thinking.thinkingLevel : budget,
  };
}

function roleOf(content: Record<string, unknown>): string {
  if (content.role === "model") return "assistant";
  return objectsIn(content.parts).some((part) => isObject(part.functionResponse)) ? "tool" : "user";
}

function contentOf(content: Record<string, unknown>) {
  return objectsIn(content.parts).map((part) =>
    isObject(part.inlineData) || isObject(part.fileData)
      ? { type: "image_url", image_url: {} }
      : { type: "text", text: typeof part.text === "string" ? part.text : JSON.stringify(part) },
  );
}

function textOf(content: Record<string, unknown>): string {
  return objectsIn(content.parts)
    .map((part) => String(part.text ?? ""))
    .join("");
}

const FINISH = { stop: "STOP", length: "MAX_TOKENS", tool_calls: "STOP" } as const;

/** Thinking is told apart from the answer, as Gemini does. */
function toUsage(counts: TokenCounts | null) {
  if (!counts) return {};
  const {
    promptTokens: prompt,
    cachedTokens: cached,
    outputTokens: output,
    reasoningTokens: reasoning,
  } = counts;
  return {
    usageMetadata: {
      promptTokenCount: prompt,
      ...(cached > 0 ? { cachedContentTokenCount: cached } : {}),
      candidatesTokenCount: output - reasoning,
      ...(reasoning > 0 ? { thoughtsTokenCount: reasoning } : {}),
      totalTokenCount: prompt + output,
      promptTokensDetails: [{ modality: "TEXT", tokenCount: prompt }],
    },
  };
}

/** Arguments come whole: Gemini does not stream them. */
function partsOf({ toolCall, pieces }: Choice) {
  const text = pieces.join("");
  if (!toolCall) return [{ text }];
  return [
    { functionCall: { name: toolCall.name, args: parseArguments(text) }, thoughtSignature: "c2lnbmVk" },
  ];
}

function parseArguments(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

type Frame = Readonly<Record<string, unknown>>;

function toWhole(frame: Frame, choices: readonly Choice[], counts: TokenCounts | null): Script {
  const body = {
    candidates: choices.map((choice) => ({
      content: { parts: partsOf(choice), role: "model" },
      finishReason: FINISH[choice.finishReason],
      index: choice.index,
    })),
    ...toUsage(counts),
    ...frame,
  };
  const tokens = Math.max(...choices.map((choice) => choice.outputTokens));
  return { kind: "whole", status: 200, body: JSON.stringify(body), tokens, failure: errorBody(500, FAILURE) };
}

function toStream(frame: Frame, choices: readonly Choice[], counts: TokenCounts | null): Script {
  const event = (candidates: unknown[], more: Frame = {}) =>
    `data: ${JSON.stringify({ candidates, ...more, ...frame })}\r\n\r\n`;
  const part = (choice: Choice, parts: unknown[], more: Frame = {}) => ({
    content: { parts, role: "model" },
    index: choice.index,
    ...more,
  });
  const promptOnly = counts
    ? { usageMetadata: { promptTokenCount: counts.promptTokens, totalTokenCount: counts.promptTokens } }
    : {};
  return {
    kind: "stream",
    opening: "",
    events: choices.flatMap((choice) =>
      choice.toolCall
        ? [event([part(choice, partsOf(choice))], promptOnly)]
        : choice.pieces.map((text) => event([part(choice, [{ text }])], promptOnly)),
    ),
    closing: event(
      choices.map((choice) => part(choice, [{ text: "" }], { finishReason: FINISH[choice.finishReason] })),
      toUsage(counts),
    ),
    failure: `data: ${errorBody(500, FAILURE)}\r\n\r\n`,
  };
}

const FAILURE = "The simulated server had an error while processing your request.";
const STATUS_WORDS: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  401: "UNAUTHENTICATED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  429: "RESOURCE_EXHAUSTED",
  503: "UNAVAILABLE",
};

function errorBody(code: number, message: string): string {
  const delay = { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "2.5s" };
  return JSON.stringify({
    error: { code, message, status: STATUS_WORDS[code] ?? "INTERNAL", details: code === 429 ? [delay] : [] },
  });
}
