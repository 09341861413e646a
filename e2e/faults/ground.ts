import { execFileSync } from "node:child_process";
import OpenAI from "openai";
import { expect } from "vitest";
import { type Stack, type StackOptions, startStack } from "@/server/dev/stack";
import { checkInvariants, readBalance, sweep } from "@/server/ledger";
import { type DatabaseHandle, openDatabase } from "@/server/platform/database";
import { NANO_USD_PER_USD, toDecimalUsd } from "@/server/platform/money";

/** One endpoint, $0.40 in, $0.10 cached, $1.60 out per million tokens; at most 32,768 output tokens. */
export const MODEL = "openai/gpt-4.1-mini";
export const USD = NANO_USD_PER_USD;
export const QUESTION = [{ role: "user" as const, content: "What is a receipt good for?" }];

export interface Customer {
  readonly organizationId: string;
  readonly apiKey: string;
  readonly creditNanoUsd: bigint;
  /** @param url of the server; by default the first one */
  client(base?: "/v1" | "/api/v1", url?: string): OpenAI;
}

/** What the books say of an organization's requests. */
export interface Audit {
  readonly requests: number;
  readonly lost: number;
  readonly doubled: number;
  readonly overspentNanoUsd: bigint;
  readonly spentNanoUsd: bigint;
}

export interface LogRow {
  readonly id: string;
  readonly outcome: string;
  readonly http_status: number;
  readonly error_code: string | null;
  readonly cost: bigint;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly basis: string | null;
  readonly state: string;
}

/** The production build with its database and simulator, and what fault tests ask of them. */
export async function startGround(options: Omit<StackOptions, "production"> = {}) {
  const stack = await startStack({ production: true, ...options });
  const database = openDatabase(stack.databaseUrl, { maxConnections: 12 });
  let customers = 0;
  return {
    stack,
    database,
    /** A new account with its own organization, credit and key, made as an operator makes them. */
    customer(creditNanoUsd: bigint): Customer {
      customers += 1;
      const made = operator(stack, "bootstrap", [
        ...["--email", `customer-${customers}@example.com`, "--password", "a password of the fault suite"],
        ...["--credit", toDecimalUsd(creditNanoUsd)],
      ]) as { organizationId: string; apiKey: string };
      return {
        ...made,
        creditNanoUsd,
        client: (base = "/v1", url = stack.url) =>
          new OpenAI({ apiKey: made.apiKey, baseURL: url + base, maxRetries: 0, timeout: 60_000 }),
      };
    },
    logRows: (organizationId: string) => readLogRows(database, organizationId),
    balance: (organizationId: string) => readBalance(database.db, organizationId),
    /** Waits until no request of the organization is under way: settlement runs beside the answer. */
    async settled(organizationId: string): Promise<void> {
      await until(async () => (await countStarted(database, organizationId)) === 0);
    },
    /** Moves every open intent past its end, as hours without a sweep would, and sweeps ten times at once. */
    async expireAndSweep(): Promise<number> {
      await database.pool.query(
        "UPDATE intent SET expires_at = now() - interval '1 second' WHERE state = 'started'",
      );
      const sweeps = await Promise.all(Array.from({ length: 10 }, () => sweep(database.pool)));
      return sweeps.reduce((sum, { expired }) => sum + expired, 0);
    },
    /** Reads the books; the invariants have to hold. */
    async audit(customer: Customer): Promise<Audit> {
      expect(await checkInvariants(database.pool)).toEqual([]);
      const audit = await readAudit(database, customer);
      const balance = await readBalance(database.db, customer.organizationId);
      expect(balance.totalNanoUsd).toBe(customer.creditNanoUsd - audit.spentNanoUsd);
      expect({ ...audit, requests: 0, spentNanoUsd: 0n }).toEqual({
        requests: 0,
        lost: 0,
        doubled: 0,
        overspentNanoUsd: 0n,
        spentNanoUsd: 0n,
      });
      return audit;
    },
    async stop() {
      await database.close();
      await stack.stop();
    },
  };
}

export type Ground = Awaited<ReturnType<typeof startGround>>;

/** An operator command of the build, on the stack's database. */
function operator(stack: Stack, command: string, args: readonly string[]): unknown {
  const printed = execFileSync(process.execPath, [".build/operator.mjs", command, ...args, "--json"], {
    // Past whatever stands between the server and its database: this process is that, and waits here.
    env: { ...process.env, ...stack.env, DATABASE_URL: stack.databaseUrl },
    encoding: "utf8",
  });
  return JSON.parse(printed);
}

async function countStarted({ pool }: DatabaseHandle, organizationId: string): Promise<number> {
  const { rows } = await pool.query<{ open: number }>(
    "SELECT count(*)::int AS open FROM intent WHERE state = 'started' AND organization_id = $1",
    [organizationId],
  );
  return rows[0]?.open ?? 0;
}

async function readLogRows({ pool }: DatabaseHandle, organizationId: string): Promise<LogRow[]> {
  const { rows } = await pool.query<LogRow>(
    `SELECT l.id, l.outcome, l.http_status, l.error_code, l.cost, l.input_tokens, l.output_tokens, u.basis, i.state
     FROM request_log l LEFT JOIN usage_record u ON u.id = l.id JOIN intent i ON i.id = l.id
     WHERE l.organization_id = $1 ORDER BY l.id`,
    [organizationId],
  );
  return rows;
}

const AUDIT = `
  WITH own AS (SELECT * FROM intent WHERE organization_id = $1),
    ended AS (SELECT i.*,
      (SELECT count(*) FROM usage_record u WHERE u.id = i.id) AS usages,
      (SELECT count(*) FROM request_log l WHERE l.id = i.id) AS logs
      FROM own i)
  SELECT count(*)::int AS requests,
    count(*) FILTER (WHERE state = 'started' OR logs = 0 OR (usages = 0) <> (state = 'voided'))::int AS lost,
    count(*) FILTER (WHERE usages > 1 OR logs > 1)::int AS doubled,
    (SELECT coalesce(sum(cost), 0)::bigint FROM usage_record WHERE organization_id = $1)
      + coalesce(sum(corrected), 0)::bigint AS spent
  FROM ended`;

/** @param customer.creditNanoUsd all that was ever credited, less what was taken out again */
export async function readAudit(
  { pool }: Pick<DatabaseHandle, "pool">,
  customer: Pick<Customer, "organizationId" | "creditNanoUsd">,
): Promise<Audit> {
  const { rows } = await pool.query<{ requests: number; lost: number; doubled: number; spent: bigint }>(
    AUDIT,
    [customer.organizationId],
  );
  const row = rows[0];
  if (!row) throw new Error("the books have no answer");
  const overspent = row.spent - customer.creditNanoUsd;
  return {
    requests: row.requests,
    lost: row.lost,
    doubled: row.doubled,
    overspentNanoUsd: overspent > 0n ? overspent : 0n,
    spentNanoUsd: row.spent,
  };
}

/** Waits for something that happens by itself. @throws when it has not within a minute */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (performance.now() < deadline) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("it did not happen within a minute");
}
