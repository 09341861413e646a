import type { Json } from "../fields";
import type { AnswerIdentity, AnswerWriter, FinalUsage, FinishReason, WholeAnswer } from "../model";
import { SSE_DONE } from "../sse";
import { failureFrames, toFrame } from "./frames";
import { createOutputBuilder, type OutputBuilder } from "./output-builder";
import { newResponse } from "./response-object";
import { toClientUsage } from "./usage";

/**
 * Writes the life of a response from the events of any provider: created, in progress, each item from added to done, and
 * the whole at the end. Sequence numbers have no gaps, ids are constant, and the final response holds what was told.
 */
export function createResponsesWriter(identity: AnswerIdentity): AnswerWriter {
  const begun = newResponse(identity);
  let sequence = 0;
  let frames: Buffer[] = [];
  let isOpen = false;

  const emit = (type: string, fields: Json) => {
    frames.push(toFrame({ type, sequence_number: sequence, ...fields }));
    sequence += 1;
  };
  const builder = createOutputBuilder(identity, emit);
  const open = () => {
    if (isOpen) return;
    isOpen = true;
    emit("response.created", { response: begun });
    emit("response.in_progress", { response: begun });
  };
  const flush = (): Buffer[] => {
    const written = frames;
    frames = [];
    return written;
  };

  return {
    write(events) {
      open();
      builder.take(events);
      return flush();
    },
    end(final) {
      open();
      builder.close();
      const response = toFinal(begun, builder, final);
      emit(`response.${String(response.status)}`, { response });
      return Buffer.concat([...flush(), ...(response.status === "failed" ? [] : [SSE_DONE])]);
    },
    fail(error, requestId) {
      open();
      const response = { ...begun, output: builder.output() };
      return Buffer.concat([...flush(), failureFrames({ response, sequence, error, requestId })]);
    },
  };
}

/** A complete answer of another protocol as a response. */
export function toWholeResponse(
  answer: WholeAnswer,
  identity: AnswerIdentity,
  final: FinalUsage | null,
): Json {
  const builder = createOutputBuilder(identity, () => undefined);
  builder.take(answer.events);
  builder.close();
  return toFinal(newResponse(identity), builder, final);
}

const INCOMPLETE: Partial<Record<FinishReason, string>> = {
  length: "max_output_tokens",
  content_filter: "content_filter",
};

function toFinal(begun: Json, builder: OutputBuilder, final: FinalUsage | null): Json {
  const reason = builder.finish()?.reason;
  const why = reason && INCOMPLETE[reason];
  const hasFailed = reason === "error";
  return {
    ...begun,
    status: why ? "incomplete" : hasFailed ? "failed" : "completed",
    incomplete_details: why ? { reason: why } : null,
    error: hasFailed
      ? { code: "server_error", message: "The provider ended its answer with an error." }
      : null,
    output: builder.output(),
    usage: final ? toClientUsage(final) : null,
  };
}
