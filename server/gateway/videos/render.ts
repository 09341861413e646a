import { toUsdNumber } from "@/server/platform/money";
import type { VideoJob } from "@/server/videos";

/** OpenAI's video object: https://platform.openai.com/docs/api-reference/videos/object */
export function renderVideo(job: VideoJob): Record<string, unknown> {
  const at = (date: Date | null) => (date === null ? null : Math.floor(date.getTime() / 1_000));
  return {
    id: job.id,
    object: "video",
    model: job.modelSlug,
    status: job.status,
    progress: job.progress,
    created_at: at(job.createdAt),
    completed_at: job.status === "completed" ? at(job.endedAt) : null,
    expires_at: null,
    seconds: job.seconds,
    size: job.size,
    remixed_from_video_id: null,
    error: job.error === null ? null : { code: "video_generation_failed", message: job.error },
    ...(job.costNanoUsd === null ? {} : { usage: { cost: toUsdNumber(BigInt(job.costNanoUsd)) } }),
  };
}
