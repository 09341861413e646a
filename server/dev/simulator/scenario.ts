import { z } from "zod";

const milliseconds = z.number().int().min(0).max(3_600_000);

/**
 * What can go wrong at an upstream, each as a client sees it:
 * - `connection-lost`: the connection closes without a byte
 * - `status:500`: that HTTP status with an error body in the protocol's shape
 * - `headers-only`: status 200 and headers, then the connection breaks
 * - `half-chunk`: breaks inside an event, or inside the JSON of an answer that is not streamed
 * - `truncate`: ends cleanly, but without finish reason, usage and end mark
 * - `hang`: says nothing more, and does not close
 * - `error-event`: status 200, then an error in place of the rest
 * - `no-usage`, `zero-usage`, `usage-x10`: a good answer with wrong or no usage
 * - `endless`: never stops sending tokens
 */
const fault = z.union([
  z.templateLiteral(["status:", z.number().int().min(400).max(599)]),
  z.enum([
    "connection-lost",
    "headers-only",
    "half-chunk",
    "truncate",
    "hang",
    "error-event",
    "no-usage",
    "zero-usage",
    "usage-x10",
    "endless",
  ]),
]);

/** How the simulator treats a request. Everything left out is the simulator's default. */
const scenarioSchema = z.strictObject({
  /** Before the status line. */
  latencyMs: milliseconds.optional(),
  /** Between the headers and the first token. */
  firstTokenMs: milliseconds.optional(),
  tokenIntervalMs: milliseconds.optional(),
  /** Exact length of the answer, unless the request's own limit is lower. */
  outputTokens: z.number().int().min(0).max(1_000_000).optional(),
  /** Thought before the answer, counted into the output; by default it follows the request's reasoning effort. */
  reasoningTokens: z.number().int().min(0).max(1_000_000).optional(),
  /** Part of the prompt that is reported as read from a cache. */
  cachedTokens: z.number().int().min(0).optional(),
  fault: fault.optional(),
  /**
   * Tokens delivered before the fault: by default none for `hang` and `error-event`, half the answer for others. With 0 a
   * stream is opened before it fails.
   */
  faultAfterTokens: z.number().int().min(0).optional(),
  /** Seconds in the `retry-after` header of a `status:` fault. */
  retryAfterSeconds: z.number().int().min(0).optional(),
  /** What a `status:` fault says; by default that it is simulated. */
  errorMessage: z.string().optional(),
  /** A recording's file name: its bytes are the answer, whatever the request says. */
  recording: z.string().optional(),
  /** Sizes of the pieces that a recording is sent in, repeated; by default all at once. */
  chunkBytes: z.array(z.number().int().min(1)).min(1).optional(),
  /** So many bytes of a recording are sent, then the stream ends as if that were all. */
  recordingBytes: z.number().int().min(0).optional(),
  /** Then the connection breaks instead. */
  recordingBreaks: z.boolean().optional(),
  /** How many requests this is for; without it, for all until the next reset. */
  times: z.number().int().min(1).optional(),
});

export type Scenario = z.infer<typeof scenarioSchema>;

export const controlSchema = z.strictObject({
  /** Upstream model that this is for; all models without it. */
  model: z.string().optional(),
  /** What stands before `/v1` in the request's path: lets several providers share one simulator. */
  provider: z.string().optional(),
  scenarios: z.array(scenarioSchema),
});

type Control = z.infer<typeof controlSchema>;
export type Target = Pick<Control, "model" | "provider">;

export interface ScenarioQueues {
  set(control: Control): void;
  /** The scenario of a request, merged over the defaults; uses it up. */
  take(request: { model: string; provider: string }): Scenario;
  reset(): void;
}

/** One queue per target. The most specific target with anything left decides. */
export function createScenarioQueues(defaults: Scenario): ScenarioQueues {
  const queues = new Map<string, Scenario[]>();
  const keyOf = (target: Target) => JSON.stringify([target.model ?? null, target.provider ?? null]);
  return {
    set(control) {
      queues.set(
        keyOf(control),
        control.scenarios.map((scenario) => ({ ...scenario })),
      );
    },
    take({ model, provider }) {
      if (queues.size === 0) return defaults;
      for (const target of [{ model, provider }, { model }, { provider }, {}]) {
        const queue = queues.get(keyOf(target));
        const scenario = queue?.[0];
        if (!queue || !scenario) continue;
        if (scenario.times !== undefined) {
          scenario.times -= 1;
          if (scenario.times === 0) queue.shift();
        }
        return { ...defaults, ...scenario };
      }
      return defaults;
    },
    reset: () => queues.clear(),
  };
}
