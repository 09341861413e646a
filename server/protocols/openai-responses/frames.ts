import type { AppError } from "@/server/platform/errors";
import type { Json } from "../fields";
import { toErrorBody } from "../openai-chat/errors";

/** One event: its name is the type of its data. */
export function toFrame(data: Json): Buffer {
  return Buffer.from(`event: ${String(data.type)}\ndata: ${JSON.stringify(data)}\n\n`);
}

interface Failure {
  readonly response: Json;
  readonly sequence: number;
  readonly error: AppError;
  readonly requestId: string;
}

/**
 * The end of a stream that broke: the response as failed, for clients that follow its state, then an `error` event, on
 * which SDKs throw. No end mark, so that it never looks complete.
 */
export function failureFrames({ response, sequence, error, requestId }: Failure): Buffer {
  const { error: envelope } = toErrorBody(error, requestId);
  const failed = {
    ...response,
    status: "failed",
    // OpenAI's own list of codes here is closed, and clients check it.
    error: { code: "server_error", message: error.message },
  };
  return Buffer.concat([
    toFrame({
      type: "response.failed",
      sequence_number: sequence,
      response: failed,
      error_type: error.code,
    }),
    toFrame({
      type: "error",
      sequence_number: sequence + 1,
      code: error.code,
      message: error.message,
      param: error.param ?? null,
      error: envelope,
    }),
  ]);
}
