import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One place where a guard stands. `from` occurs there exactly once. */
interface Edit {
  /** A source file, or a SQL function of which the newest definition counts. */
  readonly at: { readonly file: string } | { readonly sql: string };
  readonly from: string;
  readonly to: string;
}

/** A guard of the money, what the code is without it, and the test file that has to notice. */
export interface Mutation {
  readonly guard: string;
  readonly edits: readonly Edit[];
  readonly test: string;
}

const sql = (name: string, from: string, to = ""): Edit => ({ at: { sql: name }, from, to });
const file = (path: string, from: string, to = ""): Edit => ({ at: { file: path }, from, to });

const LEDGER = "server/ledger/ledger.test.ts";
const STORES = "server/admission/stores.test.ts";
const BUDGETS = "server/admission/budgets.test.ts";
const MONEY_OUT = "server/ledger/money-out.test.ts";
const LOCK_ORDER = "server/ledger/lock-order.test.ts";
const SCRIPTS = "server/admission/redis/scripts.ts";

export const MUTATIONS: readonly Mutation[] = [
  {
    guard: "fence: an intent only under a lease that is open or draining",
    edits: [
      sql(
        "start_intents",
        "(l.state = 'open' OR (l.state = 'draining' AND l.drain_until > clock_timestamp()))",
        "true",
      ),
    ],
    test: LEDGER,
  },
  {
    guard: "lease-free check: an intent only for what the lease has left",
    edits: [sql("start_intents", "WHEN a.reserved > 0 AND a.running > v_free THEN 'short'")],
    test: LEDGER,
  },
  {
    guard: "limits version: an intent only under the limits of now",
    edits: [sql("start_intents", "WHEN a.limits_version <> o.limits_version THEN 'stale'")],
    test: BUDGETS,
  },
  {
    guard: "key state: an intent only for a key that is active",
    edits: [
      sql(
        "start_intents",
        "WHEN k.id IS NULL OR k.status <> 'active' OR k.expires_at <= clock_timestamp() THEN 'key'",
      ),
    ],
    test: LEDGER,
  },
  {
    guard: "strict path: budgets",
    edits: [sql("strict_start_intents", "AND s.spent + s.reserved + a.reserved > x.amount", "AND false")],
    test: BUDGETS,
  },
  {
    guard: "strict path: rates",
    edits: [sql("rate_refusal", "WHERE t.wanted > t.allowed", "WHERE false")],
    test: BUDGETS,
  },
  {
    guard: "a hold that is there already: Postgres is asked whether the request runs",
    edits: [file("server/admission/attempts.ts", "if (await deps.intents.isKnown(id)) throw duplicate();")],
    test: "server/admission/outages.test.ts",
  },
  {
    guard: "settle: only what is started",
    edits: [
      sql("finish_intents", "AND i.state = 'started' ORDER BY", "ORDER BY"),
      sql("finish_intents", "WHERE i.id = a.id AND i.state = 'started'", "WHERE i.id = a.id"),
    ],
    test: LEDGER,
  },
  {
    guard: "settle: never above what was reserved",
    edits: [sql("finish_intents", "least(a.cost, i.reserved)", "a.cost")],
    test: LEDGER,
  },
  {
    guard: "expire: only what is started",
    edits: [
      sql("expire_intents", "WHERE i.state = 'started' AND i.expires_at", "WHERE i.expires_at"),
      sql("expire_intents", "WHERE i.id = due.id AND i.state = 'started'", "WHERE i.id = due.id"),
    ],
    test: LEDGER,
  },
  {
    guard: "correct: once",
    edits: [sql("correct_intent", "AND corrected IS NULL")],
    test: LEDGER,
  },
  {
    guard: "unique (source, kind): money comes in once",
    edits: [
      file(
        "db/migrations/0000_tables.sql",
        'CONSTRAINT "transfer_once" UNIQUE("source","kind")',
        "CHECK (true)",
      ),
      sql("credit_balance", "ON CONFLICT (source, kind) DO NOTHING"),
    ],
    test: LEDGER,
  },
  {
    guard: "refund and dispute: once",
    edits: [
      sql(
        "debit_balance",
        "IF EXISTS (SELECT 1 FROM transfer t WHERE t.source = p_source AND t.kind IN (p_kind, p_kind || '_owed')) THEN",
        "IF false THEN",
      ),
    ],
    test: MONEY_OUT,
  },
  {
    guard: "refund: not what a request has reserved",
    edits: [sql("debit_balance", "IF v_held < p_amount AND NOT p_may_owe THEN", "IF false THEN")],
    test: MONEY_OUT,
  },
  {
    guard: "rebuild of counters: older leases are fenced",
    edits: [sql("rotate_lease", "PERFORM close_leases(p_organization, p_lease);", "NULL;")],
    test: "server/ledger/rebuild.test.ts",
  },
  {
    guard: "lock order: a rotation takes leases by their ids",
    edits: [sql("rotate_lease", "PERFORM lock_leases(p_organization);", "NULL;")],
    test: LOCK_ORDER,
  },
  {
    guard: "lock order: a settlement takes leases organization by organization",
    edits: [
      sql("finish_intents", "ORDER BY e.organization_id, e.lease_id, e.id", "ORDER BY e.lease_id, e.id"),
    ],
    test: LOCK_ORDER,
  },
  {
    guard: "late verdict: an intent that is written after its 503 is voided",
    edits: [
      file(
        "server/gateway/stages/admit.ts",
        "plan.request.waitUntil(giveBack(deps, plan, generationId, asked));",
      ),
    ],
    test: "server/gateway/hanging-store.test.ts",
  },
  {
    guard: "single flight: one process refills",
    edits: [file(SCRIPTS, "if holder and holder ~= owner and till > now then return {'wait'} end")],
    test: STORES,
  },
  {
    guard: "Redis: a hold only once per request",
    edits: [file(SCRIPTS, "if redis.call('HEXISTS', H, request) == 1 then return {'duplicate'} end")],
    test: STORES,
  },
  {
    guard: "Redis: budgets",
    edits: [file(SCRIPTS, "if amount > room and (not worst", "if false and (not worst")],
    test: STORES,
  },
  {
    guard: "Redis: never more than was lent",
    edits: [file(SCRIPTS, "tonumber(known[2]) < amount or")],
    test: STORES,
  },
  {
    guard: "Redis: nothing passes a fence",
    edits: [file(SCRIPTS, "if known[5] == '1' then return lock(reply('rotate', {})) end")],
    test: "server/admission/model.test.ts",
  },
  {
    guard: "key: checksum before any look-up",
    edits: [file("server/keys/secret.ts", "text.endsWith(checksum(body)) ?", "true ?")],
    test: "server/keys/secret.test.ts",
  },
  {
    guard: "key: the hash of the secret",
    edits: [
      file(
        "server/gateway/stages/authenticate.ts",
        "stored.length === given.length && timingSafeEqual(stored, given)",
        "stored.length === given.length || timingSafeEqual(stored, given)",
      ),
    ],
    test: "server/gateway/access.test.ts",
  },
  {
    guard: "Idempotency-Key: a run that was charged for keeps it",
    edits: [
      file(
        "server/idempotency/answers.ts",
        "AND NOT EXISTS (SELECT 1 FROM intent i WHERE i.id = a.generation_id AND (i.state = 'started' OR i.cost > 0))",
      ),
    ],
    test: "server/gateway/limits.test.ts",
  },
];

const MIGRATIONS = "db/migrations";

/** Where an edit applies in a tree: the file, and the part of it in which `from` has to be. */
function locate(root: string, { at }: Edit): { path: string; begins: number; ends: number } {
  if ("file" in at) {
    const path = join(root, at.file);
    return { path, begins: 0, ends: readFileSync(path, "utf8").length };
  }
  const define = new RegExp(`CREATE (OR REPLACE )?FUNCTION ${at.sql}\\(`);
  const names = readdirSync(join(root, MIGRATIONS)).filter((name) => name.endsWith(".sql"));
  for (const name of names.sort().reverse()) {
    const path = join(root, MIGRATIONS, name);
    const text = readFileSync(path, "utf8");
    const begins = text.search(define);
    if (begins < 0) continue;
    const next = text.indexOf("--> statement-breakpoint", begins);
    return { path, begins, ends: next < 0 ? text.length : next };
  }
  throw new Error(`no migration defines ${at.sql}`);
}

/**
 * A file's text without the guard.
 * @throws Error when `from` is not there exactly once: the guard has moved, and the list has to follow
 */
export function applyEdit(root: string, edit: Edit): { path: string; text: string } {
  const { path, begins, ends } = locate(root, edit);
  const whole = readFileSync(path, "utf8");
  const part = whole.slice(begins, ends);
  const times = part.split(edit.from).length - 1;
  if (times !== 1) throw new Error(`${path}: found ${times} times: ${edit.from}`);
  return { path, text: whole.slice(0, begins) + part.replace(edit.from, () => edit.to) + whole.slice(ends) };
}
