import { AppError, toAppError } from "@/server/platform/errors";
import { unsupported } from "@/server/protocols/fields";
import {
  type AnswerIdentity,
  countedUsage,
  type InboundCall,
  type InboundDialect,
  type OutboundDialect,
  type OutboundOptions,
  textOfEvents,
  translateStream,
} from "@/server/protocols/model";
import { quirksOf } from "@/server/providers";
import type { Api, Candidate, Exchange, Operation, Terms } from "../operation";
import { anthropicRates } from "../stages/rate-headers";
import type { Authenticated } from "../types";
import { outboundFor } from "./dialects";

/** Providers add a few tokens around each message; this many covers all that are known. */
const TOKENS_PER_MESSAGE = 16;
/** An upper bound for one image, whatever its detail. */
const TOKENS_PER_IMAGE = 4_096;
/** What one search adds to a prompt at most, in all recordings that we have. */
const TOKENS_PER_SEARCH = 16_384;
/** Share above the exact count that is reserved for other tokenizers than ours. */
const TOKENIZER_MARGIN_PERCENT = 10;

/** An endpoint that continues a conversation in a client's protocol, at any provider that holds conversations. */
export function conversationApi(name: string, dialect: InboundDialect): Api {
  return {
    name,
    makes: "text",
    read: async (authenticated) =>
      conversationOperation(authenticated, dialect, dialect.parse(await authenticated.request.readBody())),
    errorBody: dialect.errorBody,
    // Anthropic's clients look for the id and the limits under these names.
    ...(dialect.name === "anthropic-messages"
      ? { headers: (requestId) => ({ "request-id": requestId }), rates: anthropicRates, namesEvents: true }
      : {}),
  };
}

/** @param call what the dialect read of the body */
export function conversationOperation(
  { request }: Authenticated,
  dialect: InboundDialect,
  call: InboundCall,
): Operation {
  const outboundOf = (candidate: Candidate): OutboundDialect => {
    const outbound = outboundFor(candidate.provider, dialect.name);
    if (outbound) return outbound;
    throw new AppError("no_available_provider", {
      message: "The provider of this model cannot hold a conversation.",
      internal: `no dialect for kind ${candidate.provider.kind}`,
    });
  };
  const optionsFor = (candidate: Candidate, outputTokens: number): OutboundOptions => {
    const quirks = quirksOf(candidate.provider);
    return {
      model: candidate.upstreamModel,
      stream: call.stream,
      outputTokens,
      header: request.header,
      quirks,
      ...(quirks.outputLimit ? { outputLimitParameter: quirks.outputLimit } : {}),
    };
  };
  const extraTokens = () => {
    const { messages, images } = call.promptShape();
    return (
      (messages + 1) * TOKENS_PER_MESSAGE +
      images * TOKENS_PER_IMAGE +
      (call.searches ?? 0) * TOKENS_PER_SEARCH
    );
  };
  const searches = call.searches ? { units: { search: BigInt(call.searches) } } : {};

  return {
    model: call.model,
    stream: call.stream,
    outputLimit: call.outputLimit,
    choices: call.choices,
    maxCostUsd: call.body.max_cost_usd,
    body: call.body,
    needs: () => needsOf(call),
    refusal(candidate) {
      try {
        const outbound = outboundOf(candidate);
        if (call.searches && !candidate.priceVersion.prices.some(({ unit }) => unit === "search"))
          throw unsupported("tools", "this model has no price for web searches");
        if (outbound.name !== dialect.name)
          outbound.toBody(call.conversation(), optionsFor(candidate, call.outputLimit?.tokens ?? 1));
        return null;
      } catch (thrown) {
        return toAppError(thrown);
      }
    },
    // A token is at least one byte, so the bytes bound the tokens without counting them.
    bound: () => ({ promptTokens: Buffer.byteLength(call.promptText()) + extraTokens(), ...searches }),
    async tightBound(countTokens) {
      const counted = await countTokens(call.promptText());
      const promptTokens = Math.ceil((counted * (100 + TOKENIZER_MARGIN_PERCENT)) / 100) + extraTokens();
      return { promptTokens, ...searches };
    },
    async count(countTokens, generatedText) {
      const [prompt, completion] = await Promise.all([
        countTokens(call.promptText()),
        countTokens(generatedText),
      ]);
      return countedUsage(prompt, completion);
    },
    exchange: (candidate, terms) =>
      toExchange(dialect, call, outboundOf(candidate), optionsFor(candidate, terms.outputTokens), {
        candidate,
        terms,
      }),
  };
}

/** Fields that a model may or may not support, under the names of every protocol that has them. */
const PARAMETERS = [
  "tools",
  "tool_choice",
  "parallel_tool_calls",
  "response_format",
  "temperature",
  "top_p",
  "top_k",
  "frequency_penalty",
  "presence_penalty",
  "seed",
  "stop",
  "logit_bias",
  "logprobs",
  "top_logprobs",
  "reasoning_effort",
] as const;
/** Without these the answer would be another one. */
const INDISPENSABLE: ReadonlySet<string> = new Set(["tools"]);

function needsOf(call: InboundCall): ReturnType<Operation["needs"]> {
  const isSet = (name: string) => {
    const value = call.body[name];
    return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
  };
  const parameters = PARAMETERS.filter(isSet);
  return {
    inputModalities: call.promptShape().images > 0 ? ["text", "image"] : ["text"],
    parameters,
    indispensable: parameters.filter((name) => INDISPENSABLE.has(name)),
  };
}

function toExchange(
  inbound: InboundDialect,
  call: InboundCall,
  outbound: OutboundDialect,
  options: OutboundOptions,
  { candidate, terms }: { readonly candidate: Candidate; readonly terms: Terms },
): Exchange {
  const isSame = inbound.name === outbound.name;
  const identity: AnswerIdentity = {
    generationId: terms.generationId,
    model: terms.model,
    provider: candidate.provider.name,
    createdAtMs: terms.receivedAtMs,
    call,
  };
  return {
    path: outbound.path(options),
    headers: {
      "content-type": "application/json",
      accept: options.stream ? "text/event-stream" : "application/json",
      ...outbound.headers(options),
    },
    body: isSame ? outbound.toSameBody(call, options) : outbound.toBody(call.conversation(), options),
    readError: outbound.readError,
    openStream: () =>
      isSame ? inbound.passThrough(identity) : translateStream(outbound.reader(), inbound.writer(identity)),
    readWhole(bytes) {
      const whole = outbound.readWhole(bytes);
      if (!whole) return null;
      const write = isSame ? inbound.fromSame : inbound.toWhole;
      return {
        usage: whole.usage,
        rawUsage: whole.rawUsage,
        finishReason: whole.finishReason,
        generatedText: () => textOfEvents(whole.events),
        render: (final) => ({
          contentType: "application/json; charset=utf-8",
          body: Buffer.from(JSON.stringify(write(whole, identity, final))),
        }),
      };
    },
  };
}
