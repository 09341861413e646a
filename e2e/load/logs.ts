import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { migrateDatabase } from "@/db/migrate";
import { startPostgres } from "@/server/dev/embedded-postgres";
import { temporaryRoot } from "@/server/dev/postgres-binaries";
import { listRequests, type RequestFilters } from "@/server/logs";
import { type DatabaseHandle, openDatabase } from "@/server/platform/database";
import { firstId, newId } from "@/server/platform/ids";
import { LARGE, seedLogs } from "./logs-seed";

/**
 * How long a page of the request log takes at ten million rows, for the filters that the screen has, on first and deep
 * pages, through the function that the screen calls; what the indexes cost each insert; and how Postgres goes about it.
 * LOGS_ROWS changes the size; LOGS_DATA names a folder that is kept and, once filled, used again. Ends with 1 when a p95
 * is above the bar.
 */
const ROWS = Number(process.env.LOGS_ROWS ?? 10_000_000);
const KEPT = process.env.LOGS_DATA;
const BAR_MS = 150;
const PAGE = 50;
const SAMPLES = Number(process.env.LOGS_SAMPLES ?? 60);
const WRITES = 2_000;
const REPORT = "e2e/load/LOGS.md";
const YEAR_MS = 365 * 86_400_000;
/** At the thin end of the power law: six in ten thousand of the organization's requests for the key, less for the rest. */
const RARE = { key: `${LARGE}_key_399`, member: `${LARGE}_mem_149`, model: "author/model-59" };
const COMMON = { key: `${LARGE}_key_0`, member: `${LARGE}_mem_0`, model: "author/model-0" };

type Scenario = readonly [name: string, filters: RequestFilters, organizationId?: string];

const SCENARIOS: readonly Scenario[] = [
  ["no filter", {}],
  ["no filter, small organization", {}, "org_small_7"],
  ["key, the busiest", { keyId: COMMON.key }],
  ["key, the rarest", { keyId: RARE.key }],
  ["key without any request", { keyId: "key_none" }],
  ["model, the busiest", { model: COMMON.model }],
  ["model, the rarest", { model: RARE.model }],
  ["project", { projectId: `${LARGE}_prj_7` }],
  ["member", { memberId: RARE.member }],
  ["provider", { provider: "provider-11" }],
  ["failed", { outcome: "failed" }],
  ["expired (1 in 10,000)", { outcome: "expired" }],
  ["error code", { search: "upstream_timeout" }],
  ["busiest key, failed", { keyId: COMMON.key, outcome: "failed" }],
  ["rarest key, expired", { keyId: RARE.key, outcome: "expired" }],
  ["busiest key and model", { keyId: COMMON.key, model: COMMON.model }],
  ["busiest key, rarest model", { keyId: COMMON.key, model: RARE.model }],
  ["rarest key and model", { keyId: RARE.key, model: RARE.model }],
  ["member, provider, failed", { memberId: COMMON.member, provider: "provider-0", outcome: "failed" }],
];

interface Figures {
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

function figuresOf(durationsMs: readonly number[]): Figures {
  const sorted = [...durationsMs].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50: at(0.5), p95: at(0.95), max: at(1) };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
}

/** A page that begins anywhere in the year: a keyset cursor needs no row of its own. */
const deepCursor = () => firstId("generation", Date.now() - Math.random() * YEAR_MS);

async function measure(
  { db }: DatabaseHandle,
  [, filters, organizationId = LARGE]: Scenario,
  isDeep: boolean,
  samples = SAMPLES,
): Promise<Figures> {
  const durations: number[] = [];
  for (let sample = 0; sample < samples; sample += 1) {
    const cursor = isDeep ? deepCursor() : null;
    const page = { organizationId, limit: PAGE, filters, cursor };
    durations.push(await timed(() => listRequests(db, page)));
  }
  return figuresOf(durations);
}

async function measureSearch(handle: DatabaseHandle): Promise<[string, Figures][]> {
  const { rows } = await handle.pool.query<{ id: string; request_id: string }>(
    `SELECT id, request_id FROM request_log TABLESAMPLE SYSTEM (0.01) WHERE organization_id = $1 LIMIT $2`,
    [LARGE, SAMPLES],
  );
  const search = async (texts: readonly string[]) => {
    const durations: number[] = [];
    for (const text of texts)
      durations.push(
        await timed(() =>
          listRequests(handle.db, { organizationId: LARGE, limit: PAGE, filters: { search: text } }),
        ),
      );
    return figuresOf(durations);
  };
  return [
    ["search by generation id", await search(rows.map(({ id }) => id))],
    ["search by request id", await search(rows.map(() => newId("request")))],
  ];
}

/** One settled request after another, triggers on, as settlement writes them. Microseconds of each. */
async function measureWrites({ pool }: DatabaseHandle): Promise<Figures> {
  const durations: number[] = [];
  for (let row = 0; row < WRITES; row += 1) {
    const key = Math.floor(400 * Math.random() ** 4);
    durations.push(
      await timed(() =>
        pool.query(
          `INSERT INTO request_log (id, organization_id, project_id, key_id, member_id, request_id, api, requested_model,
             model_slug, provider_slug, outcome, http_status, streamed, cost, input_tokens, output_tokens, attempts, created_at)
           VALUES ($1, $2, $3, $4, $5, $6, 'chat.completions', $7, $7, $8, 'succeeded', 200, true, 1, 1, 1, '[]', now())`,
          [
            newId("generation"),
            LARGE,
            `${LARGE}_prj_${key % 20}`,
            `${LARGE}_key_${key}`,
            `${LARGE}_mem_${key % 150}`,
            newId("request"),
            `author/model-${key % 60}`,
            `provider-${key % 12}`,
          ],
        ),
      ),
    );
  }
  return figuresOf(durations.map((ms) => ms * 1_000));
}

/** The statement that a page really runs, explained. */
async function explain(handle: DatabaseHandle, filters: RequestFilters): Promise<string> {
  const seen: { text: string; values: unknown[] }[] = [];
  const { pool } = handle;
  const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<unknown>;
  const spy = (statement: unknown, values: unknown[]) => {
    seen.push({ text: (statement as { text: string }).text, values });
    return query(statement, values);
  };
  Object.assign(pool, { query: spy });
  await listRequests(handle.db, { organizationId: LARGE, limit: PAGE, filters, cursor: deepCursor() });
  Object.assign(pool, { query });
  const [page] = seen;
  if (!page) throw new Error("no statement was seen");
  const { rows } = await pool.query<{ "QUERY PLAN": string }>(
    `EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF) ${page.text}`,
    page.values,
  );
  return rows
    .map((row) => row["QUERY PLAN"])
    .filter((line) => !/never executed/.test(line))
    .join("\n");
}

async function sizes({ pool }: DatabaseHandle): Promise<string[]> {
  const { rows } = await pool.query<{ name: string; size: string }>(
    `SELECT coalesce(parent.relname, 'rows') AS name, pg_size_pretty(sum(pg_relation_size(c.oid))) AS size
     FROM pg_class c LEFT JOIN pg_inherits h ON h.inhrelid = c.oid LEFT JOIN pg_class parent ON parent.oid = h.inhparent
     WHERE c.relname LIKE 'request_log_%' AND c.relkind IN ('r', 'i') GROUP BY 1 ORDER BY sum(pg_relation_size(c.oid)) DESC`,
  );
  return rows.map(({ name, size }) => `| \`${name}\` | ${size} |`);
}

const ms = (value: number) => value.toFixed(1);
const line = (name: string, { p50, p95, max }: Figures) =>
  `| ${name} | ${ms(p50)} | ${p95 > BAR_MS ? `**${ms(p95)}**` : ms(p95)} | ${ms(max)} |`;

const FILTER_INDEXES = [
  "request_log_key",
  "request_log_model",
  "request_log_project",
  "request_log_member",
  "request_log_provider",
  "request_log_unsuccessful",
  "request_log_error",
  "request_log_request",
];

async function main(): Promise<void> {
  const folder = KEPT ?? join(temporaryRoot(), "deeptoken-logs");
  mkdirSync(folder, { recursive: true });
  const server = await startPostgres({
    dataDir: join(folder, "data"),
    settings: { fsync: "off", full_page_writes: "off", max_wal_size: "4GB" },
  });
  const handle = openDatabase(server.urlOf("postgres"));
  try {
    await migrateDatabase(handle.db);
    const { rows } = await handle.pool.query("SELECT FROM organization LIMIT 1");
    if (rows.length === 0) await seedLogs(handle.pool, ROWS, (text) => console.log(text));
    const isFast = await report(handle);
    process.exitCode = isFast ? 0 : 1;
  } finally {
    await handle.close();
    await server.stop();
    if (!KEPT) rmSync(folder, { recursive: true, force: true });
  }
}

async function report(handle: DatabaseHandle): Promise<boolean> {
  const { rows } = await handle.pool.query<{ rows: bigint; large: bigint }>(
    `SELECT count(*) AS rows, count(*) FILTER (WHERE organization_id = '${LARGE}') AS large FROM request_log`,
  );
  const pages: [string, Figures][] = [];
  for (const scenario of SCENARIOS) {
    pages.push([`${scenario[0]}: first page`, await measure(handle, scenario, false)]);
    pages.push([`${scenario[0]}: deep page`, await measure(handle, scenario, true)]);
    console.log(
      pages
        .slice(-2)
        .map(([name, figures]) => line(name, figures))
        .join("\n"),
    );
  }
  pages.push(...(await measureSearch(handle)));
  const plans: string[] = [];
  for (const name of ["key, the rarest", "failed", "busiest key, rarest model"]) {
    const filters = SCENARIOS.find(([known]) => known === name)?.[1] ?? {};
    plans.push(`### ${name}\n\n\`\`\`\n${await explain(handle, filters)}\n\`\`\``);
  }
  const size = await sizes(handle);
  const write = await measureWrites(handle);
  const without = await withoutIndexes(handle);
  writeFileSync(REPORT, render({ total: rows[0], pages, plans, size, write, without }));
  console.log(`written to ${REPORT}`);
  return pages.every(([, { p95 }]) => p95 <= BAR_MS);
}

/** The same without the filter indexes: what they buy, and what they cost. They are put back. */
async function withoutIndexes(handle: DatabaseHandle) {
  const { rows } = await handle.pool.query<{ name: string; definition: string }>(
    `SELECT relname AS name, replace(pg_get_indexdef(oid), ' ON ONLY ', ' ON ') AS definition FROM pg_class WHERE relname = ANY($1)`,
    [FILTER_INDEXES],
  );
  for (const { name } of rows) await handle.pool.query(`DROP INDEX ${name}`);
  const write = await measureWrites(handle);
  const pages: [string, Figures][] = [];
  for (const name of [
    "no filter",
    "key, the rarest",
    "model, the rarest",
    "member",
    "expired (1 in 10,000)",
  ]) {
    const scenario = SCENARIOS.find(([known]) => known === name);
    if (scenario) pages.push([`${name}: first page`, await measure(handle, scenario, false, 5)]);
  }
  if (KEPT) for (const { definition } of rows) await handle.pool.query(definition);
  return { write, pages };
}

interface Report {
  readonly total: { readonly rows: bigint; readonly large: bigint } | undefined;
  readonly pages: readonly [string, Figures][];
  readonly plans: readonly string[];
  readonly size: readonly string[];
  readonly write: Figures;
  readonly without: { readonly write: Figures; readonly pages: readonly [string, Figures][] };
}

function render({ total, pages, plans, size, write, without }: Report): string {
  const count = (value: bigint | undefined) => Number(value ?? 0).toLocaleString("en-US");
  const worst = Math.max(...pages.map(([, { p95 }]) => p95));
  const table = (rows: readonly [string, Figures][]) =>
    [
      "| page | p50 ms | p95 ms | max ms |",
      "|---|---|---|---|",
      ...rows.map(([name, f]) => line(name, f)),
    ].join("\n");
  const us = ({ p50, p95 }: Figures) => `p50 ${Math.round(p50)} µs, p95 ${Math.round(p95)} µs`;
  return `# The request log at ${count(total?.rows)} rows

Written by \`npm run bench:logs\` on ${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores (${cpus()[0]?.model.trim()}), the Postgres that npm installs with its own settings
(\`shared_buffers\` 128 MB; \`fsync\` off). The real partitioned table, a year of requests; ${count(total?.large)} rows belong to the one organization that is
asked. ${SAMPLES} calls of \`listRequests\` each, pages of ${PAGE}; deep pages begin at a random instant of the year. The bar is a p95 of ${BAR_MS} ms.

Slowest p95: **${ms(worst)} ms**${worst > BAR_MS ? ", above the bar" : ""}.

${table(pages)}

## What the filter indexes buy and cost

Without them (5 calls each):

${table(without.pages)}

One insert into the log, its triggers included: ${us(write)} with the filter indexes; ${us(without.write)} without them.

| relation | size |
|---|---|
${size.join("\n")}

## Plans

Deep pages; branches that were never executed are left out.

${plans.join("\n\n")}
`;
}

await main();
