import { isObject } from "@/server/protocols/fields";
import { type Protocol, ProtocolError } from "../script";
import { filmFor } from "./film";
import { type Job, type Jobs, polled, stateOf, wholeJson } from "./jobs";
import { openaiError } from "./openai-error";

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
        return filmFor(request);
      },
      error: openaiError,
    },
  ];
}
