import { AppError } from "@/server/platform/errors";
import { countedUsage, type TokenUsage } from "@/server/protocols/model";
import { readError, toErrorBody } from "@/server/protocols/openai-chat";
import type { Api, Candidate, Demand, Exchange, Operation, Terms } from "../operation";

/** Share above the exact count that is reserved for other tokenizers than ours. */
const TOKENIZER_MARGIN_PERCENT = 10;
/** Providers add a few tokens around each text. */
const TOKENS_AROUND = 16;

/** Something that is asked for whole and answered whole: no answer in tokens, nothing to clamp. */
export interface PlainRequest {
  readonly model: string;
  /** The request's fields; of a form, those that are ours. */
  readonly body: Readonly<Record<string, unknown>>;
  /** What the provider will count as prompt tokens; empty where it counts none. */
  readonly promptText: string;
  /** Prompt tokens that no text shows. */
  readonly extraTokens?: number;
  readonly unitsFor?: Demand["unitsFor"];
  readonly stream?: boolean;
  /** What was used, from tokens of the prompt and of the answer; by default just those. */
  counted?(promptTokens: number, outputTokens: number): TokenUsage;
  isFor?: Operation["isFor"];
  refusal?(candidate: Candidate): ReturnType<Operation["refusal"]>;
  exchange(candidate: Candidate, terms: Terms): Exchange | Promise<Exchange>;
}

type Kind = Candidate["provider"]["kind"];
/** Kinds of providers that have OpenAI's other endpoints beside conversations. */
const OPENAI_KINDS: readonly Kind[] = ["openai-compatible", "openai-responses"];

/** Nobody is asked in a wire that is not theirs. @param what is asked for, as in "makes no WHAT" */
export function unlessOpenai(
  { provider }: Candidate,
  what: string,
  others: readonly Kind[] = [],
): AppError | null {
  if (OPENAI_KINDS.includes(provider.kind) || others.includes(provider.kind)) return null;
  return new AppError("no_available_provider", {
    message: `The provider of this model has no ${what}.`,
    internal: `no wire for kind ${provider.kind}`,
  });
}

export function plainOperation(request: PlainRequest): Operation {
  const { promptText, extraTokens = 0, unitsFor } = request;
  const hasTokens = promptText !== "" || extraTokens > 0;
  const demand = (tokens: number): Demand => ({
    promptTokens: hasTokens ? tokens + extraTokens + TOKENS_AROUND : 0,
    ...(unitsFor ? { unitsFor } : {}),
  });
  return {
    model: request.model,
    body: request.body,
    maxCostUsd: request.body.max_cost_usd,
    needs: () => ({ inputModalities: [], parameters: [], indispensable: [] }),
    stream: request.stream ?? false,
    outputLimit: null,
    choices: 0,
    ...(request.isFor ? { isFor: request.isFor } : {}),
    refusal: (candidate) => request.refusal?.(candidate) ?? null,
    // A token is at least one byte, so the bytes bound the tokens without counting them.
    bound: () => demand(Buffer.byteLength(promptText)),
    async tightBound(countTokens) {
      const counted = await countTokens(promptText);
      return demand(Math.ceil((counted * (100 + TOKENIZER_MARGIN_PERCENT)) / 100));
    },
    async count(countTokens, generatedText) {
      const [prompt, output] = await Promise.all([countTokens(promptText), countTokens(generatedText)]);
      return request.counted?.(prompt, output) ?? countedUsage(prompt + extraTokens, output);
    },
    exchange: request.exchange,
  };
}

/** An endpoint of OpenAI's family, with OpenAI's errors. */
export function plainApi(
  name: string,
  makes: Api["makes"],
  read: (bytes: Uint8Array, contentType: string | undefined) => Promise<PlainRequest> | PlainRequest,
): Api {
  return {
    name,
    makes,
    async read({ request }) {
      return plainOperation(await read(await request.readBody(), request.header("content-type")));
    },
    errorBody: toErrorBody,
  };
}

/** A JSON call that is answered as a whole. */
export function jsonExchange(path: string, body: string, readWhole: Exchange["readWhole"]): Exchange {
  return {
    path,
    headers: { "content-type": "application/json", accept: "application/json" },
    body,
    readWhole,
    openStream: () => {
      throw new Error("this call does not stream");
    },
    readError,
  };
}

/** A finished answer has its reason; only text can be empty and unfinished. */
export const COMPLETE = "stop";

export function jsonAnswer(body: unknown): { contentType: string; body: Uint8Array } {
  return { contentType: "application/json; charset=utf-8", body: Buffer.from(JSON.stringify(body)) };
}
