import { EVENT_TYPES, isEventType } from "@/server/events";
import { AppError } from "@/server/platform/errors";

const NOUNS = new Set(Object.keys(EVENT_TYPES).map((type) => nounOf(type)));

/**
 * Names of events, or `noun.*` for all of a noun; none at all means every event. Sorted, without repeats.
 * @throws AppError invalid_request (names the one that there is not)
 */
export function toEventFilter(names: readonly string[]): string[] {
  const wrong = names.find((name) => !isEventType(name) && !(name.endsWith(".*") && NOUNS.has(nounOf(name))));
  if (wrong !== undefined)
    throw new AppError("invalid_request", {
      message: `There is no event “${wrong.slice(0, 60)}”. See the list of events in the docs.`,
      param: "eventTypes",
    });
  return [...new Set(names)].sort();
}

export function wants(filter: readonly string[], type: string): boolean {
  return filter.length === 0 || filter.includes(type) || filter.includes(`${nounOf(type)}.*`);
}

function nounOf(type: string): string {
  return type.slice(0, type.indexOf("."));
}
