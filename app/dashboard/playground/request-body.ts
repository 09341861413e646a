/** What the person has set for all models side by side. Empty text means: leave it to the model. */
export interface Settings {
  readonly system: string;
  readonly temperature: string;
  readonly maxTokens: string;
  readonly effort: "" | "low" | "medium" | "high";
  /** A JSON schema that the answer has to follow. */
  readonly schema: string;
}

export const NO_SETTINGS: Settings = { system: "", temperature: "", maxTokens: "", effort: "", schema: "" };

/** One side of the conversation, as it is sent. */
export type Turn =
  | { readonly role: "user"; readonly text: string; readonly images: readonly string[] }
  | { readonly role: "assistant"; readonly text: string };

export interface ChatModel {
  readonly slug: string;
  readonly supportedParameters: readonly string[];
}

export type ChatBody = Readonly<Record<string, unknown>> & { readonly model: string };

const MAX_TEMPERATURE = 2;

/** What is wrong with a setting, in words, by its name; empty when all can be sent. */
export function problemsOf({
  temperature,
  maxTokens,
  schema,
}: Settings): Partial<Record<keyof Settings, string>> {
  const degrees = Number(temperature);
  const tokens = Number(maxTokens);
  return {
    ...(temperature !== "" && !(degrees >= 0 && degrees <= MAX_TEMPERATURE)
      ? { temperature: "A number from 0 to 2." }
      : {}),
    ...(maxTokens !== "" && !(Number.isInteger(tokens) && tokens >= 1)
      ? { maxTokens: "A whole number of at least 1." }
      : {}),
    ...(schema.trim() !== "" && !isJsonObject(schema) ? { schema: "This is not a JSON object." } : {}),
  };
}

/** Settings that a model does not take; they are left out of what it is sent. */
export function ignoredBy(model: ChatModel, settings: Settings): string[] {
  const takes = (...names: string[]) => names.some((name) => model.supportedParameters.includes(name));
  return [
    settings.temperature !== "" && !takes("temperature") ? "temperature" : "",
    settings.effort !== "" && !takes("reasoning_effort", "reasoning") ? "reasoning effort" : "",
    settings.schema.trim() !== "" && !takes("structured_outputs", "response_format") ? "JSON schema" : "",
  ].filter((name) => name !== "");
}

/** The body of `POST chat/completions`, as a program would send it. */
export function toChatBody(model: ChatModel, settings: Settings, turns: readonly Turn[]): ChatBody {
  const ignored = ignoredBy(model, settings);
  return {
    model: model.slug,
    messages: [
      ...(settings.system.trim() === "" ? [] : [{ role: "system", content: settings.system }]),
      ...turns.map(toMessage),
    ],
    ...(settings.temperature === "" || ignored.includes("temperature")
      ? {}
      : { temperature: Number(settings.temperature) }),
    ...(settings.maxTokens === "" ? {} : { max_tokens: Number(settings.maxTokens) }),
    ...(settings.effort === "" || ignored.includes("reasoning effort")
      ? {}
      : { reasoning_effort: settings.effort }),
    ...(settings.schema.trim() === "" || ignored.includes("JSON schema")
      ? {}
      : {
          response_format: {
            type: "json_schema",
            json_schema: { name: "answer", strict: true, schema: JSON.parse(settings.schema) as unknown },
          },
        }),
    stream: true,
  };
}

function toMessage(turn: Turn) {
  if (turn.role === "assistant" || turn.images.length === 0) return { role: turn.role, content: turn.text };
  return {
    role: "user",
    content: [
      { type: "text", text: turn.text },
      ...turn.images.map((url) => ({ type: "image_url", image_url: { url } })),
    ],
  };
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
