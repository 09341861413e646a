import type { z } from "zod";
import { AppError } from "@/server/platform/errors";

/**
 * A part of a request by its schema.
 * @throws AppError invalid_request, naming the first field that is wrong
 */
export function readPart(schema: z.ZodType, value: unknown): unknown {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const unknown = issue?.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  const param = [...(issue?.path ?? []), ...(unknown === undefined ? [] : [unknown])].join(".");
  const what = unknown === undefined ? (issue?.message ?? "is not valid") : "there is no such field";
  throw new AppError("invalid_request", {
    message: `${param ? `\`${param.slice(0, 100)}\`: ` : ""}${what}.`,
    ...(param && { param: param.slice(0, 100) }),
  });
}

/** A query as an object of texts. @throws AppError invalid_request (a name that comes twice) */
export function toQuery(query: URLSearchParams): Record<string, string> {
  for (const name of new Set(query.keys()))
    if (query.getAll(name).length > 1)
      throw new AppError("invalid_request", {
        message: `\`${name.slice(0, 100)}\` is given more than once.`,
        param: name.slice(0, 100),
      });
  return Object.fromEntries(query);
}

/** @throws AppError invalid_json */
export function toJson(body: Uint8Array): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(Buffer.from(body).toString("utf8"));
  } catch (cause) {
    throw new AppError("invalid_json", { message: "The body is not valid JSON.", cause });
  }
}
