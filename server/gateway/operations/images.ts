import type { PriceVersion, Units } from "@/server/catalog";
import { AppError, toAppError } from "@/server/platform/errors";
import { NO_TOKENS } from "@/server/protocols/cost";
import { invalid } from "@/server/protocols/fields";
import { isForm, ownFieldsIn, readForm } from "@/server/protocols/form";
import {
  falImages,
  type ImageAnswer,
  type ImageCall,
  type ImageQueue,
  imagesIn,
  imageTokenBound,
  inputImageTokenBound,
  parseImageEdit,
  parseImageGeneration,
  pixelsOf,
  readImages,
  renderImages,
  replicateImages,
  toEditForm,
  toGenerationBody,
} from "@/server/protocols/images";
import { readError } from "@/server/protocols/openai-chat";
import { matchesVariant, upstreamNameOf } from "@/server/protocols/variant";
import type { Answer, Candidate, Exchange, Terms } from "../operation";
import { COMPLETE, jsonAnswer, jsonExchange, type PlainRequest, plainApi } from "./plain";
import { hasPriceOf } from "./price-basis";
import { queuedExchange } from "./queued-images";

/** Who is asked for images, and how: at once, as OpenAI does it, or by a job. */
const WIRES: Readonly<Partial<Record<Candidate["provider"]["kind"], "openai" | ImageQueue>>> = {
  "openai-compatible": "openai",
  "openai-responses": "openai",
  fal: falImages,
  replicate: replicateImages,
};
/** The most machine time of one answer, held for where that is what is billed; no request is waited for longer. */
const MOST_GPU_SECONDS = 300;
/** The usual square is one, as the suppliers count it. */
const PIXELS_PER_MEGAPIXEL = 1_024 * 1_024;

/** `POST images/generations`. */
export const imageGenerationsApi = plainApi("images.generations", "image", (bytes) => {
  const call = parseImageGeneration(bytes);
  return imageRequest(call, (candidate, terms) =>
    jsonExchange(
      "/images/generations",
      toGenerationBody(call, upstreamNameOf(candidate.upstreamModel)),
      (answered) => readAnswer(readImages(answered), { call, candidate, terms }),
    ),
  );
});

/** `POST images/edits`: a form with the images in it. */
export const imageEditsApi = plainApi("images.edits", "image", async (bytes, contentType) => {
  if (!contentType || !isForm(contentType))
    throw invalid("content-type", "must be multipart/form-data: images are edited from files");
  const call = parseImageEdit(await readForm(bytes, contentType));
  return imageRequest(call, (candidate, terms) => toEdit({ call, candidate, terms }));
});

/** @param askOpenai the call to a provider that makes images as OpenAI does */
function imageRequest(call: ImageCall, askOpenai: PlainRequest["exchange"]): PlainRequest {
  return {
    model: call.model,
    body: call.source.kind === "json" ? call.source.body : ownFieldsIn(call.source.form),
    promptText: call.prompt,
    extraTokens: inputImageTokenBound(call),
    unitsFor: (version) => unitsBound(version, call),
    isFor: (endpoint) => matchesVariant(endpoint.upstreamModel, call),
    refusal: (candidate) => refusalOf(call, candidate),
    exchange(candidate, terms) {
      const wire = WIRES[candidate.provider.kind];
      if (wire === undefined || wire === "openai") return askOpenai(candidate, terms);
      return queuedExchange(wire, call, candidate, terms.receivedAtMs, (body, gpuSeconds) =>
        readAnswer(imagesIn(body), { call, candidate, terms }, gpuSeconds),
      );
    },
  };
}

function refusalOf(call: ImageCall, { provider, upstreamModel }: Candidate): AppError | null {
  const wire = WIRES[provider.kind];
  if (!wire)
    return new AppError("no_available_provider", { message: "The provider of this model makes no images." });
  if (!matchesVariant(upstreamModel, call)) return noSuchVariant(call);
  if (wire === "openai") return null;
  try {
    wire.check(call, upstreamModel);
    return null;
  } catch (thrown) {
    return toAppError(thrown);
  }
}

/** What a call is asked of whom, and on which terms. */
interface Asked {
  readonly call: ImageCall;
  readonly candidate: Candidate;
  readonly terms: Terms;
}

async function toEdit(asked: Asked): Promise<Exchange> {
  const { call, candidate } = asked;
  const { contentType, body } = await toEditForm(call, upstreamNameOf(candidate.upstreamModel));
  return {
    path: "/images/edits",
    headers: { "content-type": contentType, accept: "application/json" },
    body,
    readWhole: (bytes) => readAnswer(readImages(bytes), asked),
    openStream: () => {
      throw new Error("this call does not stream");
    },
    readError,
  };
}

/** The most that is made: as many images as asked for, or their tokens. */
function unitsBound(version: PriceVersion, call: ImageCall): Units {
  if (hasPriceOf(version, "output")) return { output: imageTokenBound(call) };
  return unitsOf(version, call, call.count);
}

function unitsOf(
  version: PriceVersion,
  call: ImageCall,
  count: number,
  gpuSeconds: number | null = null,
): Units {
  // Machine time that nobody states is the most that it can be; the hold was made for it.
  if (hasPriceOf(version, "gpu_second")) return { gpu_second: BigInt(gpuSeconds ?? MOST_GPU_SECONDS) };
  if (hasPriceOf(version, "image_megapixel")) {
    const megapixels = Math.max(1, Math.ceil(pixelsOf(call.size) / PIXELS_PER_MEGAPIXEL));
    return { image_megapixel: BigInt(count * megapixels) };
  }
  return { image: BigInt(count) };
}

function readAnswer(
  answer: ImageAnswer | null,
  { call, candidate, terms }: Asked,
  gpuSeconds: number | null = null,
): Answer | null {
  if (!answer) return null;
  return {
    ...meterOf(answer, call, candidate.priceVersion, gpuSeconds),
    rawUsage: answer.body.usage ?? null,
    finishReason: COMPLETE,
    generatedText: () => "",
    render: (final) => jsonAnswer(renderImages(answer, final, terms.addressOf)),
  };
}

/** By tokens where the endpoint is priced by them: the provider's own count, or the most it can be when it gave none. */
function meterOf(
  answer: ImageAnswer,
  call: ImageCall,
  version: PriceVersion,
  gpuSeconds: number | null,
): Pick<Answer, "usage" | "units"> {
  if (!hasPriceOf(version, "output"))
    return { usage: NO_TOKENS, units: unitsOf(version, call, answer.count, gpuSeconds) };
  const { tokens } = answer;
  if (tokens) return { usage: tokens.usage, units: { image_input: BigInt(tokens.imageInput) } };
  const output = Number(imageTokenBound({ ...call, count: answer.count }));
  return { usage: { ...NO_TOKENS, completionTokens: output, output } };
}

function noSuchVariant({ size, quality }: ImageCall): AppError {
  const param = size === undefined && quality !== undefined ? "quality" : "size";
  return new AppError("unsupported_parameter", {
    message: `The model has no price for size ${size ?? "(none)"} with quality ${quality ?? "(none)"}.`,
    param,
  });
}
