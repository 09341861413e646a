import { isObject } from "@/server/protocols/fields";
import { type Protocol, ProtocolError, type ProtocolRequest, type Script } from "../script";
import { type Job, type Jobs, polled, stateOf, wholeJson } from "./jobs";
import { openaiError } from "./openai-error";

/** Stands for a video: as long as one, in bytes that can be checked. */
const VIDEO = Buffer.from(Array.from({ length: 1_000 }, (_, index) => index % 251));

/** Videos as OpenAI makes them. */
export function openaiVideos({ take, find }: Jobs): Protocol[] {
  const render = (job: Job) => {
    const status = { queued: "queued", running: "in_progress", done: "completed", failed: "failed" }[
      stateOf(job)
    ];
    const error = status === "failed" ? { code: "moderation_blocked", message: "Impossible to make." } : null;
    return wholeJson({ id: job.id, object: "video", model: job.model, status, progress: 50, error });
  };
  const at = /\/videos\/([^/]+)/;
  return [
    {
      path: "/videos",
      answer: async ({ body }) => {
        if (!isObject(body)) throw new ProtocolError("The body is neither JSON nor a form.");
        return render(take(String(body.model), body));
      },
      error: openaiError,
    },
    {
      method: "GET",
      path: /\/videos\/[^/]+$/,
      answer: async ({ path }) => render(polled(find(path, at))),
      error: openaiError,
    },
    {
      method: "GET",
      path: /\/videos\/[^/]+\/content$/,
      answer: async (request) => {
        find(request.path, at);
        return contentOf(request);
      },
      error: openaiError,
    },
  ];
}

function contentOf({ header }: ProtocolRequest): Script {
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
