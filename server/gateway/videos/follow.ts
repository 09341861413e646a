import {
  type CatalogEndpoint,
  type PriceVersion,
  priceUsage,
  type Units,
  type UsageUnit,
} from "@/server/catalog";
import type { Charge, IntentFinish } from "@/server/ledger";
import { upstreamNameOf } from "@/server/protocols/variant";
import type { VideoReading, VideoWire } from "@/server/protocols/videos";
import { UpstreamFailure } from "@/server/providers";
import { endVideo, noteVideo, runningVideos, type VideoJob } from "@/server/videos";
import { askAbout, endpointOf, wholeOf } from "../stages/follow";
import type { GatewayDeps } from "../types";
import { videoWireOf } from "./wires";

/** A client that polls faster is told what was learnt last. */
const LEAST_PAUSE_MS = 1_000;

/** A job that is still being made, and how to ask about it. */
interface Running {
  readonly job: VideoJob;
  readonly endpoint: CatalogEndpoint;
  readonly wire: VideoWire;
}

/**
 * Asks the provider how far a video is, and settles it when it has ended. Whoever learns of the end first charges it; all
 * others find it charged. A provider that does not answer changes nothing.
 */
export async function followVideo(deps: GatewayDeps, job: VideoJob): Promise<VideoJob> {
  if (job.status === "completed" || job.status === "failed") return job;
  const nowMs = deps.clock.nowMs();
  if (job.expiresAt.getTime() <= nowMs) return failVideo(deps, job, "The video was not made in time.");
  if (job.askedAt && nowMs - job.askedAt.getTime() < LEAST_PAUSE_MS) return job;
  const endpoint = await endpointOf(deps, job);
  const wire = endpoint && videoWireOf(endpoint.provider);
  if (!endpoint || !wire) return job;
  const running = { job, endpoint, wire };
  const reading = await readStatus(deps, running);
  if (reading === null) {
    await noteVideo(deps.db, job.id, {
      status: job.status,
      progress: job.progress,
      askedAt: new Date(nowMs),
    });
    return job;
  }
  if (reading.status === "failed")
    return failVideo(deps, job, reading.error ?? "The provider could not make the video.");
  if (reading.status === "completed") return completeVideo(deps, running, reading);
  const seen = {
    status: reading.status,
    progress: Math.min(99, Math.max(job.progress, reading.progress)),
    askedAt: new Date(nowMs),
  };
  await noteVideo(deps.db, job.id, seen);
  return { ...job, ...seen };
}

/** Follows videos that nobody asks about. @returns how many have ended */
export async function followVideos(deps: GatewayDeps, limit: number): Promise<number> {
  let ended = 0;
  for (const job of await runningVideos(deps.db, limit)) {
    const { status } = await followVideo(deps, job);
    if (status === "completed" || status === "failed") ended += 1;
  }
  return ended;
}

/** Null when the provider cannot be asked, or says nothing that can be read. */
async function readStatus(deps: GatewayDeps, { job, endpoint, wire }: Running): Promise<VideoReading | null> {
  const upstream = { upstreamId: job.upstreamId, model: upstreamNameOf(endpoint.upstreamModel) };
  let status: VideoReading | null = null;
  try {
    status = wire.read(await wholeOf(await askAbout(deps, endpoint, wire.poll(upstream))));
    if (status?.status !== "completed" || !wire.result) return status;
    const asking = { readError: wire.readError };
    const result = wire.read(await wholeOf(await askAbout(deps, endpoint, wire.result(upstream), asking)));
    return result && { ...result, gpuSeconds: result.gpuSeconds ?? status.gpuSeconds };
  } catch (thrown) {
    if (!(thrown instanceof UpstreamFailure)) throw thrown;
    // fal says only at its result that a job was refused for what it asked for.
    if (status?.status === "completed" && !thrown.mayFallBack)
      return { ...status, status: "failed", error: thrown.publicMessage ?? null };
    deps.log.warn(
      { generationId: job.generationId, reason: thrown.reason },
      "video could not be asked about",
    );
    return null;
  }
}

async function completeVideo(deps: GatewayDeps, { job }: Running, reading: VideoReading): Promise<VideoJob> {
  const charge = chargeFor(job, reading);
  // The charge comes first: a process that dies between the two finds it made when it asks again.
  const { chargedNanoUsd } = await deps.gate.finish(job.organizationId, toFinish(deps, job, charge, reading));
  return endVideo(deps.db, job.id, {
    status: "completed",
    error: null,
    contentUrl: reading.url,
    costNanoUsd: chargedNanoUsd.toString(),
    endedAt: new Date(deps.clock.nowMs()),
  });
}

/** Ends a video that was not made; it costs nothing. */
export async function failVideo(deps: GatewayDeps, job: VideoJob, why: string): Promise<VideoJob> {
  await deps.gate.finish(job.organizationId, toFinish(deps, job, null, null));
  return endVideo(deps.db, job.id, {
    status: "failed",
    error: why.slice(0, 500),
    contentUrl: null,
    costNanoUsd: "0",
    endedAt: new Date(deps.clock.nowMs()),
  });
}

/** At the prices of the moment when the money was held, whatever the list says now. */
function chargeFor(job: VideoJob, { gpuSeconds }: VideoReading): Charge {
  const version: PriceVersion = {
    id: job.priceVersionId,
    effectiveFrom: job.createdAt,
    prices: job.prices.map((price) => ({
      unit: price.unit as UsageUnit,
      aboveContextTokens: 0,
      platformNanoUsdPerMillion: BigInt(price.platformNanoUsdPerMillion),
      supplierNanoUsdPerMillion: BigInt(price.supplierNanoUsdPerMillion),
    })),
  };
  const planned = Object.entries(job.units).map(([unit, quantity]) => [unit, BigInt(quantity)] as const);
  const units: Units = Object.fromEntries(
    planned.map(([unit, most]) => [
      unit,
      unit === "gpu_second" && gpuSeconds !== null ? BigInt(gpuSeconds) : most,
    ]),
  );
  const { lines, costNanoUsd, supplierCostNanoUsd } = priceUsage(version, units, 0);
  return { costNanoUsd, supplierCostNanoUsd, lines, endpointId: job.endpointId, priceVersionId: version.id };
}

function toFinish(
  deps: GatewayDeps,
  job: VideoJob,
  charge: Charge | null,
  reading: VideoReading | null,
): IntentFinish {
  return {
    id: job.generationId,
    charge: charge && {
      ...charge,
      basis: "provider",
      rawUsage: { seconds: job.seconds, size: job.size, gpu_seconds: reading?.gpuSeconds ?? null },
    },
    ending: {
      outcome: charge ? "succeeded" : "failed",
      httpStatus: 200,
      errorCode: charge ? null : "upstream_error",
      finishReason: charge ? "completed" : "failed",
      providerSlug: job.providerSlug,
      inputTokens: 0,
      outputTokens: 0,
      attempts: [
        {
          provider: job.providerSlug,
          endpointId: job.endpointId,
          status: 200,
          durationMs: deps.clock.nowMs() - job.createdAt.getTime(),
          reason: charge ? "ok" : "job_failed",
        },
      ],
      ttftMs: null,
      latencyMs: deps.clock.nowMs() - job.createdAt.getTime(),
    },
  };
}
