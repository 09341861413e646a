import { countIn, isObject, readObject, textIn } from "../fields";
import { writeForm } from "../form";
import { readError } from "../openai-chat";
import { forwardable } from "../own-fields";
import { upstreamNameOf } from "../variant";
import type { VideoWire } from "./wire";

const STATUSES = ["queued", "in_progress", "completed", "failed"] as const;

/** OpenAI's videos: https://platform.openai.com/docs/api-reference/videos */
export const openaiVideos: VideoWire = {
  async create(call, upstreamModel) {
    const path = "/videos";
    const model = upstreamNameOf(upstreamModel);
    if (call.source.kind === "json") {
      const body = JSON.stringify({ ...forwardable(call.source.body), model });
      return { path, headers: { "content-type": "application/json" }, body };
    }
    const others = call.source.form.entries.filter(([name]) => name !== "model");
    const { contentType, body } = await writeForm([...others, ["model", model]]);
    return { path, headers: { "content-type": contentType }, body };
  },
  read(bytes) {
    const body = readObject(bytes);
    const upstreamId = textIn(body?.id);
    const status = STATUSES.find((known) => known === body?.status);
    if (!body || upstreamId === null || !status) return null;
    return {
      upstreamId,
      status,
      progress: Math.min(100, Math.round(countIn(body.progress) ?? 0)),
      error: isObject(body.error) ? textIn(body.error.message) : null,
      gpuSeconds: null,
      url: null,
    };
  },
  poll: ({ upstreamId }) => ({ method: "GET", path: `/videos/${encodeURIComponent(upstreamId)}` }),
  content: ({ upstreamId }, variant) => ({
    method: "GET",
    path: `/videos/${encodeURIComponent(upstreamId)}/content${variant === null ? "" : `?${new URLSearchParams({ variant })}`}`,
  }),
  cancel: () => null,
  readError,
};
