import type { PriceVersion, Units } from "@/server/catalog";
import { AppError, toAppError } from "@/server/platform/errors";
import { newId } from "@/server/platform/ids";
import { NO_TOKENS } from "@/server/protocols/cost";
import { ownFieldsIn } from "@/server/protocols/form";
import { toErrorBody } from "@/server/protocols/openai-chat";
import { matchesVariant } from "@/server/protocols/variant";
import { parseVideo, USUAL_SECONDS, type VideoCall, type VideoReading } from "@/server/protocols/videos";
import { keepVideo, type VideoJob } from "@/server/videos";
import type { Answer, Api, Candidate, Exchange, Operation } from "../operation";
import type { CalledWhole } from "../stages/call";
import type { GatewayDeps } from "../types";
import { renderVideo } from "../videos/render";
import { videoWireOf } from "../videos/wires";
import { COMPLETE, jsonAnswer, plainOperation } from "./plain";
import { hasPriceOf } from "./price-basis";

/** A video may take this long; its money is held until then. */
const LIFETIME_MS = 6 * 60 * 60_000;
/** The most machine time of one video, held for where that is what is billed. */
const MOST_GPU_SECONDS = 1_800;

/** `POST videos`: takes the job and answers at once. What it costs is settled when the video is completed. */
export const videosApi: Api = {
  name: "videos",
  makes: "video",
  async read({ request }) {
    const call = await parseVideo(await request.readBody(), request.header("content-type"));
    return toOperation(call);
  },
  errorBody: toErrorBody,
};

function toOperation(call: VideoCall): Operation {
  const operation = plainOperation({
    model: call.model,
    body: call.source.kind === "json" ? call.source.body : ownFieldsIn(call.source.form),
    promptText: "",
    unitsFor: (version) => unitsOf(version, call),
    isFor: (endpoint) => matchesVariant(endpoint.upstreamModel, call),
    refusal: (candidate) => refusalOf(call, candidate),
    exchange: (candidate) => toExchange(call, candidate),
  });
  return { ...operation, holdMs: LIFETIME_MS, begin: (deps, called) => begin(deps, called, call) };
}

/** By the piece, by its length, or by machine time: whichever the endpoint has a price for. */
function unitsOf(version: PriceVersion, { seconds }: VideoCall): Units {
  if (hasPriceOf(version, "gpu_second")) return { gpu_second: BigInt(MOST_GPU_SECONDS) };
  if (hasPriceOf(version, "video_second")) return { video_second: BigInt(seconds ?? USUAL_SECONDS) };
  return { video: 1n };
}

function refusalOf(call: VideoCall, candidate: Candidate): AppError | null {
  const wire = videoWireOf(candidate.provider);
  if (!wire)
    return new AppError("no_available_provider", { message: "The provider of this model makes no videos." });
  if (!matchesVariant(candidate.upstreamModel, call))
    return new AppError("unsupported_parameter", {
      message: `The model has no price for the size ${call.size ?? "(none)"}.`,
      param: "size",
    });
  try {
    wire.check?.(call);
    return null;
  } catch (thrown) {
    return toAppError(thrown);
  }
}

interface JobAnswer extends Answer {
  readonly job: VideoReading;
}

async function toExchange(call: VideoCall, candidate: Candidate): Promise<Exchange> {
  const wire = videoWireOf(candidate.provider);
  if (!wire) throw new AppError("no_available_provider", { message: "The provider makes no videos." });
  const isTimed = hasPriceOf(candidate.priceVersion, "video_second");
  const asked = isTimed && call.seconds === null ? withSeconds(call) : call;
  return {
    ...(await wire.create(asked, candidate.upstreamModel)),
    readWhole(bytes): JobAnswer | null {
      const job = wire.read(bytes);
      if (!job || job.upstreamId === "") return null;
      return {
        job,
        usage: NO_TOKENS,
        rawUsage: null,
        finishReason: COMPLETE,
        generatedText: () => "",
        render: () => jsonAnswer({}),
      };
    },
    openStream: () => {
      throw new Error("this call does not stream");
    },
    readError: wire.readError,
  };
}

/** The length that is billed is said: another default of the provider's would be another bill. */
function withSeconds(call: VideoCall): VideoCall {
  const seconds = String(USUAL_SECONDS);
  const source: VideoCall["source"] =
    call.source.kind === "json"
      ? { kind: "json", body: { ...call.source.body, seconds } }
      : {
          kind: "form",
          form: { ...call.source.form, entries: [...call.source.form.entries, ["seconds", seconds]] },
        };
  return { ...call, seconds: USUAL_SECONDS, source };
}

/** The job is known to us before the client hears of it; from then on whoever asks, or the sweeper, ends it. */
async function begin(deps: GatewayDeps, called: CalledWhole, call: VideoCall) {
  const { admitted, candidate } = called;
  const { job } = called.answer as JobAnswer;
  const version = candidate.priceVersion;
  const nowMs = deps.clock.nowMs();
  const units = Object.entries(unitsOf(version, call)).map(([unit, quantity]) => [unit, quantity.toString()]);
  const kept: VideoJob = await keepVideo(deps.db, {
    id: newId("video"),
    generationId: admitted.generationId,
    organizationId: admitted.key.organizationId,
    projectId: admitted.key.projectId,
    modelSlug: candidate.modelSlug,
    endpointId: candidate.id,
    providerSlug: candidate.provider.slug,
    priceVersionId: version.id,
    prices: version.prices.map((price) => ({
      unit: price.unit,
      platformNanoUsdPerMillion: price.platformNanoUsdPerMillion.toString(),
      supplierNanoUsdPerMillion: price.supplierNanoUsdPerMillion.toString(),
    })),
    units: Object.fromEntries(units),
    upstreamId: job.upstreamId,
    // Its end is only ever noted together with its settlement.
    status: job.status === "in_progress" ? "in_progress" : "queued",
    progress: Math.min(job.progress, 99),
    seconds: String(call.seconds ?? USUAL_SECONDS),
    size: call.size ?? null,
    createdAt: new Date(nowMs),
    expiresAt: new Date(nowMs + LIFETIME_MS),
  });
  return jsonAnswer(renderVideo(kept));
}
