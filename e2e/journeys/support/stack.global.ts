import { randomBytes } from "node:crypto";
import { startStack } from "@/server/dev/stack";
import { leaveStackFor } from "./stack";

/** Slow enough that words are seen to come, fast enough not to wait for. */
const PACE = { firstTokenMs: 60, tokenIntervalMs: 4 };

/** Once for the whole run: a throw-away Postgres, the simulator, and the built server, sandbox checkout included. */
export default async function startForJourneys(): Promise<() => Promise<void>> {
  // With it a test says when a job runs, as a scheduler does, instead of waiting for its timer.
  const env = { CRON_SECRET: randomBytes(24).toString("base64url") };
  const stack = await startStack({ production: false, simulator: PACE, env });
  leaveStackFor({ url: stack.url, simulatorUrl: stack.simulator.url, env: stack.env });
  return stack.stop;
}
