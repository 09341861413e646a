import OpenAI from "openai";
import pg from "pg";
import type { Account } from "../journeys/support/account";
import { simulate, stack } from "../journeys/support/stack";

const DAYS = 30;
const REQUESTS_EARLIER = 170;
const REQUESTS_TODAY = 9;
const MODELS = [
  "anthropic/claude-opus-5",
  "openai/gpt-4.1",
  "openai/gpt-4.1-mini",
  "google/gemini-3.5-flash",
  "deepseek/deepseek-v4-pro",
] as const;

/** A month of use: requests, costs and balance are true; only their dates are moved. */
export async function liveThroughAMonth(account: Account): Promise<void> {
  const client = new OpenAI({ baseURL: `${stack().url}/v1`, apiKey: account.apiKey, maxRetries: 0 });
  const ask = (index: number) =>
    client.chat.completions.create({
      model: MODELS[index % MODELS.length] ?? MODELS[0],
      messages: [{ role: "user", content: `Question ${index}` }],
    });
  await simulate(undefined, [{ outputTokens: 2_400, firstTokenMs: 0, tokenIntervalMs: 0 }]);
  await inGroups(REQUESTS_EARLIER, ask);
  await moveIntoThePast(account.organizationId);
  await simulate(undefined, []);
  await inGroups(REQUESTS_TODAY, ask);
}

async function inGroups(count: number, ask: (index: number) => Promise<unknown>): Promise<void> {
  const groupSize = 6;
  for (let from = 0; from < count; from += groupSize)
    await Promise.all(
      Array.from({ length: Math.min(groupSize, count - from) }, (_, index) => ask(from + index)),
    );
}

/** Spreads an organization's requests over the days before today, weekdays heavier. For pictures only: records are append-only. */
async function moveIntoThePast(organizationId: string): Promise<void> {
  const client = new pg.Client({ connectionString: stack().env.DATABASE_URL });
  await client.connect();
  try {
    await client.query("SET session_replication_role = replica");
    await client.query(
      `CREATE TEMP TABLE moved AS
         SELECT id, CASE WHEN extract(isodow FROM at) > 5 AND random() < 0.6 THEN at - interval '2 days' ELSE at END AS at
         FROM (SELECT id, now() - interval '1 day' * (1 + ${DAYS - 3} * power(random(), 1.2)) AS at
               FROM usage_record WHERE organization_id = $1) spread`,
      [organizationId],
    );
    // The first ten characters of an id are its time.
    for (const table of ["usage_record", "request_log"])
      await client.query(
        `UPDATE ${table} r SET created_at = m.at,
           id = substr(first_generation_id(m.at), 1, 14) || substr(r.id, 15)
         FROM moved m WHERE m.id = r.id`,
      );
    // The roll-up follows its records.
    await client.query("DELETE FROM usage_delta WHERE organization_id = $1", [organizationId]);
    await client.query("DELETE FROM usage_hour WHERE organization_id = $1", [organizationId]);
    await client.query(
      `INSERT INTO usage_hour
         SELECT organization_id, hour, project_id, member_id, key_id, model_slug, provider_slug, sum(requests), sum(failed),
           sum(input_tokens), sum(cached_input_tokens), sum(cache_write_tokens), sum(output_tokens), sum(reasoning_tokens),
           sum(audio_tokens), sum(cost), sum(supplier_cost), sum(latency_ms_sum), sum(latency_count), sum(ttft_ms_sum), sum(ttft_count)
         FROM usage_recorded WHERE organization_id = $1 GROUP BY 1, 2, 3, 4, 5, 6, 7`,
      [organizationId],
    );
  } finally {
    await client.end();
  }
}
