import { invalid, modelOf, parseObject } from "../fields";
import { type FormReading, isForm, readForm } from "../form";

/** A wish for a video, as a form (OpenAI's clients) or as JSON. */
export interface VideoCall {
  readonly model: string;
  readonly prompt: string;
  /** Length in whole seconds; null when left to the provider. */
  readonly seconds: number | null;
  readonly size: string | undefined;
  readonly source:
    | { readonly kind: "json"; readonly body: Readonly<Record<string, unknown>> }
    | { readonly kind: "form"; readonly form: FormReading };
}

/** Priced where neither the client nor the provider's own default says how long it is: OpenAI's default. */
export const USUAL_SECONDS = 4;
const MAX_SECONDS = 120;

/** @throws AppError invalid_json, invalid_request */
export async function parseVideo(bytes: Uint8Array, contentType: string | undefined): Promise<VideoCall> {
  if (contentType && isForm(contentType)) {
    const form = await readForm(bytes, contentType);
    const fields = {
      model: form.text("model"),
      prompt: form.text("prompt"),
      seconds: form.text("seconds"),
      size: form.text("size"),
    };
    return { ...readFields(fields), source: { kind: "form", form } };
  }
  const body = parseObject(bytes);
  return { ...readFields(body), source: { kind: "json", body } };
}

function readFields(fields: Readonly<Record<string, unknown>>): Omit<VideoCall, "source"> {
  const { prompt, size } = fields;
  if (typeof prompt !== "string" || prompt === "") throw invalid("prompt", "must be a text");
  if (size !== undefined && size !== null && (typeof size !== "string" || !/^\d{2,5}x\d{2,5}$/.test(size)))
    throw invalid("size", "must be a width and a height, as in 1280x720");
  return {
    model: modelOf(fields),
    prompt,
    seconds: secondsIn(fields.seconds),
    size: typeof size === "string" ? size : undefined,
  };
}

/** A number, or a text of one: forms and OpenAI's own types have it as text. */
function secondsIn(value: unknown): number | null {
  if (value === undefined || value === null) return null;
  const seconds = typeof value === "string" && /^\d{1,4}$/.test(value) ? Number(value) : value;
  if (typeof seconds !== "number" || !Number.isSafeInteger(seconds) || seconds < 1 || seconds > MAX_SECONDS)
    throw invalid("seconds", `must be a whole number from 1 to ${MAX_SECONDS}`);
  return seconds;
}
