import { unsupported } from "../fields";
import type { AssistantTurn, ImagePart, TextPart, ToolResult, Turn, UserPart } from "../model";

type Json = Record<string, unknown>;

/** Turns as Cohere's messages. Source: https://docs.cohere.com/reference/chat */
export function toMessages(instructions: readonly TextPart[], turns: readonly Turn[]): Json[] {
  return [
    ...(instructions.length > 0 ? [{ role: "system", content: joined(instructions) }] : []),
    ...turns.flatMap(toTurnMessages),
  ];
}

function joined(parts: readonly TextPart[]): string {
  return parts.map(({ text }) => text).join("\n\n");
}

function toTurnMessages(turn: Turn): Json[] {
  switch (turn.role) {
    case "instruction":
      return [{ role: "system", content: joined(turn.parts) }];
    case "user":
      return [{ role: "user", content: turn.parts.map(toUserContent) }];
    case "assistant":
      return [toAssistantMessage(turn)];
    case "tool":
      return turn.results.map(toToolMessage);
  }
}

function toUserContent(part: UserPart): Json {
  if (part.type === "text") return { type: "text", text: part.text };
  if (part.type === "image") return toImage(part);
  throw unsupported("messages", "Cohere's chat takes text and images");
}

function toImage({ source, detail }: ImagePart): Json {
  const url = source.kind === "url" ? source.url : `data:${source.mediaType};base64,${source.data}`;
  return { type: "image_url", image_url: { url, ...(detail === undefined ? {} : { detail }) } };
}

/** What was thought before tool calls is their plan, as Cohere sent it; otherwise it is thinking. */
function toAssistantMessage({ parts }: AssistantTurn): Json {
  const calls = parts.flatMap((part) =>
    part.type === "tool_call"
      ? [
          {
            id: part.id,
            type: "function",
            function: { name: part.name, arguments: part.arguments === "" ? "{}" : part.arguments },
          },
        ]
      : [],
  );
  const thoughts = parts.flatMap((part) =>
    part.type === "reasoning" && part.text !== "" ? [part.text] : [],
  );
  const texts = parts.flatMap((part): Json[] => {
    if (part.type === "image") throw unsupported("messages", "Cohere takes no images in an answer");
    return part.type === "text" || part.type === "refusal" ? [{ type: "text", text: part.text }] : [];
  });
  const isPlan = calls.length > 0 && thoughts.length > 0;
  const content = [...(isPlan ? [] : thoughts.map((thinking) => ({ type: "thinking", thinking }))), ...texts];
  return {
    role: "assistant",
    ...(content.length > 0 ? { content } : {}),
    ...(isPlan ? { tool_plan: thoughts.join("\n") } : {}),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
}

/** Cohere's results have no mark for an error: the text says it. */
function toToolMessage({ callId, parts, isError }: ToolResult): Json {
  const text = parts.map((part) => {
    if (part.type !== "text") throw unsupported("messages", "Cohere takes only text as a tool's result");
    return part.text;
  });
  return { role: "tool", tool_call_id: callId, content: `${isError ? "Error: " : ""}${text.join("")}` };
}
