import type { AppError } from "@/server/platform/errors";
import { isObject, readObject, textIn } from "../fields";

/** OpenAI's error envelope. `metadata` is public by construction; the internal text stays inside. */
export function toErrorBody(error: AppError, requestId: string): { error: Record<string, unknown> } {
  return {
    error: {
      message: error.message,
      type: error.type,
      code: error.code,
      param: error.param ?? null,
      metadata: { category: error.category, request_id: requestId, ...error.metadata },
    },
  };
}

/** A provider's error body: the envelope, its content bare, or a list of one (Google's compatible hosts). */
export function readError(bytes: Uint8Array): { message: string | null; param: string | null } {
  const body =
    readObject(bytes) ??
    readObject(
      Buffer.from(bytes)
        .toString("utf8")
        .replace(/^\s*\[|\]\s*$/g, ""),
    );
  const error = isObject(body?.error) ? body.error : (body ?? {});
  return { message: textIn(error.message) ?? textIn(body?.error), param: textIn(error.param) };
}
