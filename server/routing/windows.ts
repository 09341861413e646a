import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import type { HealthBoard } from "./health-board";
import { type HealthSummary, noCounts, summarize } from "./health-window";
import { readHistory } from "./history";

/** What traffic showed of an endpoint: now, lately and over a day. */
export interface HealthWindows {
  readonly last5m: HealthSummary;
  readonly last30m: HealthSummary;
  readonly last1d: HealthSummary;
}

export type WindowReader = (endpointIds: readonly string[]) => Promise<ReadonlyMap<string, HealthWindows>>;

export const HALF_HOUR_MINUTES = 30;
export const DAY_MINUTES = 1_440;
/** A page that is asked for again and again reads the history so often. */
const LIFE_MS = 30_000;
const MOST_REMEMBERED = 2_000;

/** Five minutes come from what processes tell each other, the rest from the history. */
export function createWindowReader({
  db,
  clock,
  board,
}: {
  readonly db: Executor;
  readonly clock: Clock;
  readonly board: Pick<HealthBoard, "summaryOf">;
}): WindowReader {
  const read = async (endpointIds: readonly string[]) => {
    const [late, day] = await Promise.all(
      [HALF_HOUR_MINUTES, DAY_MINUTES].map((minutes) =>
        readHistory(db, clock.nowMs(), { endpointIds, minutes }),
      ),
    );
    return { late, day };
  };
  const known = new Map<string, { readonly untilMs: number; readonly answer: ReturnType<typeof read> }>();
  return async (endpointIds) => {
    const name = endpointIds.join();
    let entry = known.get(name);
    if (!entry || entry.untilMs <= clock.nowMs()) {
      if (known.size >= MOST_REMEMBERED) known.clear();
      entry = { untilMs: clock.nowMs() + LIFE_MS, answer: read(endpointIds) };
      known.set(name, entry);
      entry.answer.catch(() => known.delete(name));
    }
    const { late, day } = await entry.answer;
    return new Map(
      endpointIds.map((id) => [
        id,
        {
          last5m: board.summaryOf(id),
          last30m: late?.get(id) ?? NOTHING,
          last1d: day?.get(id) ?? NOTHING,
        },
      ]),
    );
  };
}

const NOTHING: HealthSummary = summarize(noCounts());
