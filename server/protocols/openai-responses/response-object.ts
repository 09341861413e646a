import { isObject, type Json } from "../fields";
import type { AnswerIdentity } from "../model";
import { isResponsesCall, stateOf } from "./amend";

/** `gen_…` names the request everywhere else; here its answer and each item have names that end like it. */
function responseIdOf({ generationId }: AnswerIdentity): string {
  return `resp_${suffixOf(generationId)}`;
}

/** @param prefix `msg`, `fc`, `rs` or `ig`, by which clients and OpenAI tell the kind of an item */
export function itemIdOf({ generationId }: AnswerIdentity, prefix: string, index: number): string {
  return `${prefix}_${suffixOf(generationId)}${index.toString(36).padStart(3, "0")}`;
}

const suffixOf = (generationId: string) => generationId.slice(generationId.indexOf("_") + 1);

/** A response that has just begun: what the client asked for, said back to it, and nothing generated. */
export function newResponse(identity: AnswerIdentity): Json {
  const { call } = identity;
  const { store, previousResponseId } = stateOf(call);
  const asked: Json = isResponsesCall(call) ? call.body : {};
  const said = (name: string, otherwise: unknown = null) => asked[name] ?? otherwise;
  const reasoning = isObject(asked.reasoning) ? asked.reasoning : {};
  return {
    id: responseIdOf(identity),
    object: "response",
    created_at: Math.floor(identity.createdAtMs / 1_000),
    status: "in_progress",
    background: false,
    error: null,
    incomplete_details: null,
    instructions: said("instructions"),
    max_output_tokens: said("max_output_tokens"),
    max_tool_calls: said("max_tool_calls"),
    model: identity.model,
    output: [],
    parallel_tool_calls: said("parallel_tool_calls", true),
    previous_response_id: previousResponseId,
    prompt_cache_key: said("prompt_cache_key"),
    provider: identity.provider,
    reasoning: { effort: reasoning.effort ?? null, summary: reasoning.summary ?? null },
    safety_identifier: said("safety_identifier"),
    service_tier: said("service_tier", "default"),
    store,
    temperature: said("temperature", 1),
    text: said("text", { format: { type: "text" } }),
    tool_choice: said("tool_choice", "auto"),
    tools: said("tools", []),
    top_logprobs: said("top_logprobs", 0),
    top_p: said("top_p", 1),
    truncation: said("truncation", "disabled"),
    usage: null,
    user: said("user"),
    metadata: said("metadata", {}),
  };
}
