import type pg from "pg";

/** Share of the rows, and how many organizations share it. The large one is the one that is measured. */
export const LARGE = "org_large";
const MONTHS = 12;
const ROWS_AT_ONCE = 250_000;

/**
 * Fills the real, partitioned request log with a year of requests, oldest first: one organization with 60 % of all rows,
 * nine with 30 %, 990 with the rest; keys, models, members, projects and providers by a power law; 3 % unsuccessful.
 * Triggers are off meanwhile: what is measured is the log, not the settlement that writes it.
 */
export async function seedLogs(pool: pg.Pool, rows: number, say: (text: string) => void): Promise<void> {
  await pool.query(
    `SELECT ensure_month_partitions(now() - make_interval(months => m)) FROM generate_series(0, $1::int) m`,
    [MONTHS],
  );
  await seedNames(pool);
  const indexes = await dropIndexes(pool);
  const chunks = Math.ceil(rows / ROWS_AT_ONCE);
  const client = await pool.connect();
  try {
    await client.query("SET session_replication_role = replica; SET synchronous_commit = off");
    for (let chunk = 0; chunk < chunks; chunk += 1) {
      const size = Math.min(ROWS_AT_ONCE, rows - chunk * ROWS_AT_ONCE);
      await client.query(INSERT, [size, chunk / chunks, (chunk + 1) / chunks]);
      say(`seeded ${(chunk * ROWS_AT_ONCE + size).toLocaleString("en-US")} rows`);
    }
    await client.query("SET maintenance_work_mem = '512MB'");
    for (const { name, definition } of indexes) {
      const startedMs = performance.now();
      await client.query(definition);
      say(`built ${name} in ${Math.round((performance.now() - startedMs) / 1_000)} s`);
    }
  } finally {
    client.release(true);
  }
  await pool.query("VACUUM (ANALYZE) request_log");
}

/** The large organization's keys and the providers, which every line of the list is joined with. */
async function seedNames(pool: pg.Pool): Promise<void> {
  await pool.query(`INSERT INTO organization (id, name, kind) VALUES ('${LARGE}', 'Large', 'team')`);
  await pool.query(`INSERT INTO project (id, organization_id, name) VALUES ('prj_0', '${LARGE}', 'Default')`);
  await pool.query(`INSERT INTO api_key (id, organization_id, project_id, name, secret_hash, secret_tail)
    SELECT '${LARGE}_key_' || n, '${LARGE}', 'prj_0', 'key ' || n, 'hash ' || n, 'tail' FROM generate_series(0, 399) n`);
  await pool.query(`INSERT INTO provider (id, slug, name, kind, base_url)
    SELECT 'prv_' || n, 'provider-' || n, 'Provider ' || n, 'openai-compatible', 'http://127.0.0.1:1' FROM generate_series(0, 11) n`);
}

/** Built once at the end instead of row by row. */
async function dropIndexes(pool: pg.Pool): Promise<{ name: string; definition: string }[]> {
  const { rows } = await pool.query<{ name: string; definition: string }>(
    `SELECT c.relname AS name, pg_get_indexdef(i.indexrelid) AS definition FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
     WHERE i.indrelid = 'request_log'::regclass AND NOT i.indisprimary`,
  );
  // Without ONLY the definition of a partitioned index builds it on every partition.
  for (const { name } of rows) await pool.query(`DROP INDEX "${name}"`);
  return rows.map(({ name, definition }) => ({ name, definition: definition.replace(" ON ONLY ", " ON ") }));
}

/** Five bits of the millisecond clock as TypeID writes them. */
const LETTERS = Array.from(
  { length: 10 },
  (_, place) => `substr('0123456789abcdefghjkmnpqrstvwxyz', ((ms >> ${45 - place * 5}) & 31)::int + 1, 1)`,
).join(" || ");

const INSERT = `
INSERT INTO request_log (id, organization_id, project_id, key_id, member_id, request_id, api, requested_model, model_slug,
  provider_slug, outcome, http_status, error_code, finish_reason, streamed, cost, input_tokens, output_tokens, attempts,
  ttft_ms, latency_ms, created_at)
SELECT 'gen_' || ${LETTERS} || left(md5(a::text), 16), org, org_prefix || 'prj_' || key % 20, org_prefix || 'key_' || key,
  CASE WHEN key % 10 < 8 THEN org_prefix || 'mem_' || key % 150 END, 'req_' || left(md5(a::text || 'r'), 26), 'chat.completions',
  'author/model-' || model, 'author/model-' || model, 'provider-' || provider,
  outcome, CASE outcome WHEN 'failed' THEN 502 WHEN 'canceled' THEN 499 ELSE 200 END,
  CASE WHEN outcome = 'failed' THEN CASE WHEN a < 0.001 THEN 'upstream_timeout' ELSE 'upstream_error' END END,
  CASE WHEN outcome = 'succeeded' THEN 'stop' END, a < 0.6, (b * 20000000)::bigint, (c * 8000)::int, (d * 2000)::int,
  jsonb_build_array(jsonb_build_object('provider', 'provider-' || provider, 'endpointId', 'ep_' || model, 'status', 200,
    'durationMs', (d * 9000)::int, 'reason', 'ok')),
  (c * 900)::int, (d * 9000)::int, to_timestamp(ms / 1000.0)
FROM (
  SELECT *, CASE WHEN org = '${LARGE}' THEN '${LARGE}_' ELSE org || '_' END AS org_prefix,
    (model + (CASE WHEN d < 0.9 THEN 0 ELSE 1 + floor(d * 100)::int % 4 END)) % 12 AS provider
  FROM (
    SELECT a, b, c, d,
      (extract(epoch FROM now() - interval '365 days') * 1000
        + 365.0 * 86400000 * ($2::float8 + ($3::float8 - $2::float8) * n / $1::int))::bigint AS ms,
      CASE WHEN b < 0.6 THEN '${LARGE}' WHEN b < 0.9 THEN 'org_mid_' || floor((b - 0.6) * 30)::int
        ELSE 'org_small_' || floor((b - 0.9) * 9900)::int END AS org,
      floor(400 * c ^ 4)::int AS key, floor(60 * d ^ 4)::int AS model,
      CASE WHEN a < 0.015 THEN 'failed' WHEN a < 0.028 THEN 'canceled' WHEN a < 0.0299 THEN 'truncated'
        WHEN a < 0.03 THEN 'expired' ELSE 'succeeded' END AS outcome
    FROM (SELECT n, random() AS a, random() AS b, random() AS c, random() AS d FROM generate_series(1, $1::int) n OFFSET 0) r
  ) s
) t`;
