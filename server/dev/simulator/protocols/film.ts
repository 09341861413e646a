import type { ProtocolRequest, Script } from "../script";

/** Stands for a video: as long as one, in bytes that can be checked. */
const VIDEO = Buffer.from(Array.from({ length: 1_000 }, (_, index) => index % 251));

/** The film, or the part of it that is asked for. */
export function filmFor({ header }: ProtocolRequest): Script {
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(header("range") ?? "") ?? [];
  const base = { kind: "whole", contentType: "video/mp4", tokens: 1, failure: "" } as const;
  if (from === undefined) return { ...base, status: 200, body: VIDEO, headers: { "accept-ranges": "bytes" } };
  const end = Math.min(VIDEO.length - 1, to ? Number(to) : VIDEO.length - 1);
  const range = `bytes ${from}-${end}/${VIDEO.length}`;
  return {
    ...base,
    status: 206,
    body: VIDEO.subarray(Number(from), end + 1),
    headers: { "content-range": range },
  };
}
