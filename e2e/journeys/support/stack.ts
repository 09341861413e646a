/** What the tests know about the running product. It crosses from the set-up to the workers in the environment. */
export interface StackNote {
  readonly url: string;
  readonly simulatorUrl: string;
  /** Of the server; operator commands need the same. */
  readonly env: Readonly<Record<string, string>>;
}

const NAME = "E2E_STACK";

export function leaveStackFor(note: StackNote): void {
  process.env[NAME] = JSON.stringify(note);
  // Read by playwright.config.ts, which every worker loads anew.
  process.env.E2E_URL = note.url;
}

/** @throws outside a run of the journeys */
export function stack(): StackNote {
  const text = process.env[NAME];
  if (!text) throw new Error("There is no stack: run the journeys with npm run test:e2e.");
  return JSON.parse(text) as StackNote;
}

/** Queues what the simulator does next for an upstream model, or for all; a test that does so takes a model of its own. */
export async function simulate(
  model: string | undefined,
  scenarios: readonly Record<string, unknown>[],
): Promise<void> {
  const response = await fetch(`${stack().simulatorUrl}/__control`, {
    method: "POST",
    body: JSON.stringify({ model, scenarios }),
  });
  if (!response.ok) throw new Error(`The simulator refused: ${await response.text()}`);
}

/** Has a job run now, as the scheduler of a serverless deployment does. */
export async function runJob(name: string): Promise<void> {
  const { url, env } = stack();
  const response = await fetch(`${url}/api/jobs/${name}`, {
    headers: { authorization: `Bearer ${env.CRON_SECRET}` },
  });
  if (!response.ok) throw new Error(`The job ${name} failed: ${await response.text()}`);
}
