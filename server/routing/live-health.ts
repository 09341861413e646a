import { NEW_BREAKER } from "./breaker";
import type { HealthBoard } from "./health-board";
import type { EndpointHealth } from "./types";

const NOTHING_SEEN: EndpointHealth = {
  breaker: NEW_BREAKER,
  successShare: null,
  firstTokenMsP50: null,
  firstTokenMsP99: null,
  tokensPerSecondP50: null,
};

/** What traffic shows of an endpoint, under the operator's word. Null when there is neither. */
export function liveHealth(
  board: Pick<HealthBoard, "healthOf">,
  endpoint: { readonly id: string; readonly healthOverride: "open" | "closed" | null },
): EndpointHealth | null {
  const health = board.healthOf(endpoint.id);
  const forced = endpoint.healthOverride;
  if (forced === null) return health;
  const known = health ?? NOTHING_SEEN;
  return { ...known, breaker: { ...known.breaker, forced } };
}
