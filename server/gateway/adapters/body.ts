import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate } from "node:zlib";
import { AppError } from "@/server/platform/errors";

const DECODERS = {
  gzip: promisify(gunzip),
  "x-gzip": promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
} as const;

/** A whole body must have come by then: a slower sender is a slowloris, and holds a connection for nothing. */
const BODY_TIMEOUT_MS = 15_000;

/**
 * A whole body of at most `limit` bytes, before and after decompression. The stated length is only used to refuse early.
 * @throws AppError request_too_large, request_timeout, client_closed_request, invalid_request (unknown or broken encoding)
 */
export async function readLimited(
  stream: Readable,
  limit: number,
  encoding: string | undefined,
  statedLength: string | undefined,
): Promise<Uint8Array> {
  if (Number(statedLength) > limit) throw tooLarge(limit);
  return decode(await readBytes(stream, limit), limit, encoding);
}

function readBytes(stream: Readable, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) refuse(tooLarge(limit));
      else chunks.push(chunk);
    };
    const onEnd = () => {
      release();
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks));
    };
    const onBroken = () => refuse(closed());
    const refuse = (error: AppError) => {
      release();
      stream.pause();
      reject(error);
    };
    // Every stream closes after its end: a listener left behind would make an error for each request that went well.
    const release = () => {
      clearTimeout(timer);
      stream.off("data", onData).off("end", onEnd).off("error", onBroken).off("close", onBroken);
      stream.on("error", () => {});
    };
    const timer = setTimeout(() => refuse(tooSlow()), BODY_TIMEOUT_MS);
    stream.on("data", onData).on("end", onEnd).on("error", onBroken).on("close", onBroken);
  });
}

/** Undoes a content encoding within the same limit. */
async function decode(bytes: Uint8Array, limit: number, encoding: string | undefined): Promise<Uint8Array> {
  const name = (encoding ?? "identity").trim().toLowerCase();
  if (name === "identity" || name === "") return bytes;
  const decoder = Object.entries(DECODERS).find(([known]) => known === name)?.[1];
  if (!decoder)
    throw new AppError("invalid_request", {
      message: "This content encoding is not supported.",
      param: "content-encoding",
    });
  try {
    return await decoder(bytes, { maxOutputLength: limit });
  } catch (reason) {
    if (reason instanceof RangeError) throw tooLarge(limit);
    throw new AppError("invalid_request", {
      message: "The body does not match its content encoding.",
      param: "content-encoding",
    });
  }
}

function tooLarge(limit: number): AppError {
  return new AppError("request_too_large", {
    message: `The body may have at most ${limit} bytes.`,
    metadata: { limit_bytes: limit },
  });
}

function tooSlow(): AppError {
  return new AppError("request_timeout", {
    message: `The body was not complete within ${BODY_TIMEOUT_MS / 1_000} seconds.`,
  });
}

function closed(): AppError {
  return new AppError("client_closed_request", {
    message: "The request was ended before its body was complete.",
  });
}
