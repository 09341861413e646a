import type { Clock } from "@/server/platform/clock";

/** Prompt caches of providers live for minutes; after that a session is free to go elsewhere. */
const REMEMBER_MS = 10 * 60_000;
const MOST_SESSIONS = 50_000;

/** Which endpoint answered a session last: a hint, not a promise. Kept per organization, so that names cannot collide. */
export interface SessionMemory {
  recall(organizationId: string, session: string, model: string): string | null;
  remember(organizationId: string, session: string, model: string, endpointId: string): void;
}

export function createSessionMemory(clock: Clock): SessionMemory {
  const sessions = new Map<string, { readonly endpointId: string; readonly untilMs: number }>();
  const nameOf = (...parts: string[]) => parts.join("\n");
  return {
    recall(organizationId, session, model) {
      const found = sessions.get(nameOf(organizationId, session, model));
      return found && found.untilMs > clock.nowMs() ? found.endpointId : null;
    },
    remember(organizationId, session, model, endpointId) {
      const name = nameOf(organizationId, session, model);
      // Put at the end: the front of the map is what was not used for longest.
      sessions.delete(name);
      sessions.set(name, { endpointId, untilMs: clock.nowMs() + REMEMBER_MS });
      const [oldest] = sessions.keys();
      if (sessions.size > MOST_SESSIONS && oldest !== undefined) sessions.delete(oldest);
    },
  };
}
