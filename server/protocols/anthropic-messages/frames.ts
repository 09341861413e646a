import type { Json } from "../fields";

/** One frame of a Messages stream. The `event:` line repeats the type: SDKs drop frames without it. */
export function toFrame(data: Json & { readonly type: string }): Buffer {
  return Buffer.from(`event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`);
}
