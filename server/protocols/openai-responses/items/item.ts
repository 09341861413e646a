import type { Json } from "../../fields";

/** Tells of a step in the life of a response: the type of the event and its fields, but for the sequence number. */
export type Emit = (type: string, fields: Json) => void;

/** Where an item is: constant from its first event to the final response. */
export interface Place {
  readonly id: string;
  readonly outputIndex: number;
  readonly emit: Emit;
}

export interface OpenItem {
  /** The item as it is now. */
  snapshot(): Json;
}

/** Emits an item's events with what each of them says about its place. */
export function tellerOf({ id, outputIndex, emit }: Place) {
  return {
    added: (item: Json) => emit("response.output_item.added", { output_index: outputIndex, item }),
    tell: (type: string, fields: Json) => emit(type, { item_id: id, output_index: outputIndex, ...fields }),
    done: (item: Json) => emit("response.output_item.done", { output_index: outputIndex, item }),
  };
}
