import { invalid, modelOf } from "../fields";
import { type FormReading, writeForm } from "../form";

const TRANSCRIPT_FORMATS = ["json", "text", "srt", "vtt", "verbose_json"] as const;
export type TranscriptFormat = (typeof TRANSCRIPT_FORMATS)[number];

export interface TranscriptionCall {
  readonly model: string;
  readonly form: FormReading;
  readonly file: File;
  /** Text that the model reads before it listens. */
  readonly prompt: string;
  readonly format: TranscriptFormat;
  readonly stream: boolean;
}

/** @throws AppError invalid_request */
export function parseTranscription(form: FormReading): TranscriptionCall {
  const [file, ...more] = form.files("file");
  if (!file || more.length > 0) throw invalid("file", "must be one file");
  if (file.size === 0) throw invalid("file", "must not be empty");
  const format = form.text("response_format") ?? "json";
  if (!isFormat(format)) throw invalid("response_format", `must be one of ${TRANSCRIPT_FORMATS.join(", ")}`);
  const stream = form.text("stream") ?? "false";
  if (stream !== "true" && stream !== "false") throw invalid("stream", "must be true or false");
  return {
    model: modelOf({ model: form.text("model") }),
    form,
    file,
    prompt: form.text("prompt") ?? "",
    format,
    stream: stream === "true",
  };
}

function isFormat(name: string): name is TranscriptFormat {
  return (TRANSCRIPT_FORMATS as readonly string[]).includes(name);
}

/** The client's own form, with the provider's name of the model and the format that can be metered. */
export function toTranscriptionForm(
  call: TranscriptionCall,
  model: string,
  format: TranscriptFormat,
): ReturnType<typeof writeForm> {
  const ours = new Set(["model", "response_format"]);
  return writeForm([
    ...call.form.entries.filter(([name]) => !ours.has(name)),
    ["model", model],
    ["response_format", format],
  ]);
}
