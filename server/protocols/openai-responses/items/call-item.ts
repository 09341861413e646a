import type { OpenItem, Place } from "./item";
import { tellerOf } from "./item";

export interface CallItem extends OpenItem {
  grow(fragment: string): void;
  close(status: "completed" | "incomplete"): void;
}

/** A function call. Arguments that never came are an empty object, which is what every client can parse. */
export function createCallItem(
  place: Place,
  { id: callId, name }: { readonly id: string; readonly name: string },
): CallItem {
  const teller = tellerOf(place);
  let text = "";
  let status = "in_progress";
  const snapshot = () => ({
    id: place.id,
    type: "function_call",
    status,
    arguments: text,
    call_id: callId,
    name,
  });
  const grow = (fragment: string) => {
    if (fragment === "") return;
    text += fragment;
    teller.tell("response.function_call_arguments.delta", { delta: fragment });
  };
  teller.added(snapshot());
  return {
    snapshot,
    grow,
    close(ending) {
      if (text === "" && ending === "completed") grow("{}");
      status = ending;
      teller.tell("response.function_call_arguments.done", { name, arguments: text });
      teller.done(snapshot());
    },
  };
}
