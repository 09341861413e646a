import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import autocannon from "autocannon";
import pg from "pg";
import { startPostgres } from "@/server/dev/embedded-postgres";
import { type Contender, startContender } from "./processes";

/**
 * The load benchmark: both adapters with billing on, against a raw proxy and another gateway, one after the other in the
 * same run against the same upstream. Bounded in requests; loopback only.
 */
const CONNECTIONS = 32;
/** So many that what is measured is a process that has been running for a while, and not V8 compiling it. */
const WARM_UP_REQUESTS = 5_000;
const REQUESTS = Number(process.env.BENCH_REQUESTS ?? 3_000);
/** Every contender runs so often, in turns, so that a disturbed moment of the machine is not one contender's alone. */
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const REPORT = "e2e/load/README.md";

interface Measured {
  readonly name: string;
  readonly cpuMicroseconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly requestsPerSecond: number;
  readonly failed: number;
}

interface Candidate {
  readonly name: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly model: string;
  start(isStream: boolean): Promise<Contender>;
}

async function measure(candidate: Candidate, isStream: boolean): Promise<Measured> {
  const contender = await candidate.start(isStream);
  try {
    const run = (amount: number) =>
      autocannon({
        url: contender.url + candidate.path,
        method: "POST",
        connections: CONNECTIONS,
        // The run's duration is counted in these.
        sampleInt: 50,
        amount,
        headers: { "content-type": "application/json", ...candidate.headers },
        body: JSON.stringify({
          model: candidate.model,
          messages: [{ role: "user", content: "How much work is one request?" }],
          max_tokens: 64,
          ...(isStream ? { stream: true, stream_options: { include_usage: true } } : {}),
        }),
      });
    await run(WARM_UP_REQUESTS);
    const before = contender.cpuSeconds();
    const result = await run(REQUESTS);
    // Settlement runs beside the answer: its CPU belongs to the requests.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    return {
      name: candidate.name,
      cpuMicroseconds: ((contender.cpuSeconds() - before) * 1e6) / REQUESTS,
      p50Ms: result.latency.p50,
      p99Ms: result.latency.p99,
      requestsPerSecond: result["2xx"] / result.duration,
      failed: REQUESTS - result["2xx"],
    };
  } finally {
    await contender.stop();
  }
}

/** The medians of each candidate over all rounds. */
async function measureInTurns(candidates: readonly Candidate[], isStream: boolean): Promise<Measured[]> {
  const rounds: Measured[][] = candidates.map(() => []);
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [index, candidate] of candidates.entries())
      rounds[index]?.push(await measure(candidate, isStream));
  return candidates.map(({ name }, index) => {
    const measured = rounds[index] ?? [];
    const median = (value: (one: Measured) => number) =>
      measured.map(value).sort((a, b) => a - b)[Math.floor(measured.length / 2)] ?? 0;
    return {
      name,
      cpuMicroseconds: median((one) => one.cpuMicroseconds),
      p50Ms: median((one) => one.p50Ms),
      p99Ms: median((one) => one.p99Ms),
      requestsPerSecond: median((one) => one.requestsPerSecond),
      failed: measured.reduce((sum, one) => sum + one.failed, 0),
    };
  });
}

function gatewayCandidates(upstreamUrl: string, databaseUrl: string): Candidate[] {
  const env = {
    DATABASE_URL: databaseUrl,
    AUTH_SECRET: "a secret of the benchmark only",
    APP_URL: "http://localhost",
    LOG_LEVEL: "warn",
  };
  const operator = (...args: string[]) =>
    JSON.parse(
      execFileSync(process.execPath, [".build/operator.mjs", ...args, "--json"], {
        env: { ...process.env, NODE_ENV: "production", ...env },
        encoding: "utf8",
      }),
    );
  const { apiKey } = operator(
    "bootstrap",
    "--email",
    "bench@example.com",
    "--password",
    "a password for the benchmark",
    "--credit",
    "1000",
  );
  operator("catalog", "import", "--simulated-base-url", `${upstreamUrl}/v1`);
  const ours = {
    path: "/v1/chat/completions",
    headers: { authorization: `Bearer ${apiKey}` },
    model: "openai/gpt-4.1-mini",
  };
  return [
    {
      ...ours,
      name: "Node adapter, billing on",
      start: () => startContender([".build/start.mjs"], { env, readyPath: "/v1/models" }),
    },
    {
      ...ours,
      name: "Next route handler, billing on",
      start: () =>
        startContender(["node_modules/next/dist/bin/next", "start", "-H", "127.0.0.1"], {
          env,
          readyPath: "/v1/models",
          portArgument: (port) => ["-p", String(port)],
        }),
    },
  ];
}

function otherCandidates(upstreamUrl: string): Candidate[] {
  const raw: Candidate = {
    name: "raw Node proxy (undici dispatch)",
    path: "/v1/chat/completions",
    headers: {},
    model: "any",
    start: () =>
      startContender(["--import", "tsx", "e2e/load/raw-proxy.ts"], { env: { UPSTREAM_URL: upstreamUrl } }),
  };
  const portkey = "node_modules/@portkey-ai/gateway/build/start-server.js";
  if (!existsSync(portkey)) return [raw];
  return [
    raw,
    {
      name: "@portkey-ai/gateway (no billing)",
      path: "/v1/chat/completions",
      headers: {
        authorization: "Bearer any",
        "x-portkey-provider": "openai",
        "x-portkey-custom-host": `${upstreamUrl}/v1`,
      },
      model: "any",
      start: (isStream) =>
        startContender(
          [...(isStream ? ["--import", "./e2e/load/copied-answers.mjs"] : []), portkey, "--headless"],
          {
            portArgument: (port) => [`--port=${port}`],
          },
        ),
    },
  ];
}

function toTable(rows: readonly Measured[], direct: Measured): string {
  const [raw] = rows;
  const line = (row: Measured) =>
    `| ${row.name} | ${row.cpuMicroseconds.toFixed(0)} | ${(row.cpuMicroseconds / (raw?.cpuMicroseconds ?? 1)).toFixed(1)}× | ` +
    `${(row.p50Ms - direct.p50Ms).toFixed(1)} | ${(row.p99Ms - direct.p99Ms).toFixed(1)} | ${row.requestsPerSecond.toFixed(0)} | ${row.failed} |`;
  return [
    "| | CPU µs per request | to raw proxy | added p50 ms | added p99 ms | requests/s | failed |",
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ...rows.map(line),
  ].join("\n");
}

async function main() {
  if (!existsSync(".build/start.mjs"))
    throw new Error("Run `npm run build` first: the benchmark measures the production build.");
  const folder = mkdtempSync(join(tmpdir(), "bench-"));
  // Postgres with its own durability settings: a commit is on disk when it is acknowledged.
  const postgres = await startPostgres({
    dataDir: join(folder, "data"),
    settings: { max_connections: "100" },
  });
  const upstream = await startContender(["--import", "tsx", "e2e/load/upstream.ts"]);
  const sections: string[] = [];
  let books = "";
  try {
    const databaseUrl = postgres.urlOf("postgres");
    const candidates = [...otherCandidates(upstream.url), ...gatewayCandidates(upstream.url, databaseUrl)];
    for (const isStream of [false, true]) {
      const direct: Candidate = {
        name: "direct",
        path: "/v1/chat/completions",
        headers: {},
        model: "any",
        start: async () => ({ ...upstream, stop: async () => {} }),
      };
      const [own, ...rows] = await measureInTurns([direct, ...candidates], isStream);
      if (!own) throw new Error("the upstream was not measured");
      sections.push(
        `## ${isStream ? "Streamed answers of 32 tokens" : "Whole answers"}\n\n${toTable(rows, own)}`,
      );
    }
    books = await readBooks(databaseUrl);
  } finally {
    await upstream.stop();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  const report = toReport(sections, books);
  writeFileSync(REPORT, report);
  process.stdout.write(`${report}\n`);
}

/** The money after the run: every request that was answered is settled, and the books are right. */
async function readBooks(databaseUrl: string): Promise<string> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows: violations } = await client.query("SELECT * FROM check_invariants()");
  const { rows } = await client.query(
    "SELECT state, count(*)::int AS requests FROM intent GROUP BY 1 ORDER BY 1",
  );
  await client.end();
  return `Invariants violated: ${violations.length}. Intents: ${rows.map((row) => `${row.requests} ${row.state}`).join(", ")}.`;
}

function toReport(sections: readonly string[], books: string): string {
  return `# Load benchmark

Written by \`npm run bench\` (after \`npm run build\`); do not edit. ${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? "CPU"}.

${CONNECTIONS} connections; ${ROUNDS} rounds in turns, in each a fresh process, a warm-up of ${WARM_UP_REQUESTS} requests and ${REQUESTS} that count; the
median of the rounds, and the sum of what failed. All processes share one machine, so compare the rows of one run and not two runs. CPU is the gateway process alone
(user + system, all threads; Postgres and the upstream have their own). Added latency is measured against the upstream itself under the
same load. Billing on means: lease, admission, durable intent before the call, settlement with usage record and log row after it, on a
Postgres with its default durability.

${sections.join("\n\n")}

${books}
`;
}

await main();
