import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";

/**
 * The closed allow-list of who may import whom. A noun may import those of lower levels, and the extra ones named here.
 * What is not listed does not exist: a new folder needs a place in this table first.
 */
const LEVELS: readonly (readonly string[])[] = [
  ["platform"],
  ["protocols", "audit", "events"],
  ["catalog", "keys", "organizations", "budgets", "prompts", "responses", "videos"],
  ["admission", "ledger", "routing", "providers", "idempotency"],
  ["accounts", "billing", "alerts", "webhooks", "logs", "mail", "auth", "support"],
  ["gateway", "trpc", "management", "jobs", "telemetry"],
  ["runtime"],
  ["start", "operator", "dev"],
];
const SAME_LEVEL: Readonly<Record<string, readonly string[]>> = {
  admission: ["ledger"],
  // An alert goes by mail, and to Slack under the rules of webhook addresses.
  alerts: ["mail", "webhooks"],
  auth: ["mail"],
  // Of a paused top-up and a low balance the owners hear by mail.
  billing: ["mail"],
  // Whoever writes hears of it by mail, and so do we.
  support: ["mail"],
  // Of an endpoint that is switched off the owners hear by mail.
  webhooks: ["mail"],
  // The same requests and answers, through the same adapters.
  management: ["gateway"],
  // It wraps the gateway's door.
  telemetry: ["gateway"],
  // Operators see what the jobs did.
  trpc: ["jobs"],
  // What becomes of a member's keys is decided where members are.
  // And that a policy's largest budget of a key is one.
  organizations: ["keys", "budgets"],
  dev: ["start"],
};
/** app reaches data through tRPC only; route files plug into the composition root; error codes, events, scopes, the REST API and what protocols carry are documented from their source. */
const APP_MAY_IMPORT = [
  "server/runtime",
  "server/trpc",
  "server/platform/error-codes",
  "server/platform/money",
  "server/platform/canonical-json",
  "server/protocols/carried",
  "server/auth",
  "server/billing/auto-recharge/terms",
  "server/billing/commitments/terms",
  "server/billing/packs",
  "server/billing/partners/terms",
  // Pure, and the same words as the API's refusals: the policy editor says which name was meant.
  "server/catalog/nearest",
  "server/organizations/permissions",
  "server/events/catalog",
  "server/keys/scopes",
  "server/management/openapi",
  "server/audit/actions",
  "server/catalog/units",
  "server/support/forms",
];
const FORBIDDEN_IN: Readonly<Record<string, RegExp>> = {
  gateway: /^(next|@trpc|stripe|drizzle-orm|pg|undici)(\/|$)/,
  protocols: /^(node:(fs|http|net)|pg|undici|drizzle-orm)/,
};

const files = execFileSync(
  "git",
  ["ls-files", "--cached", "--others", "--exclude-standard", "server", "app", "db"],
  { encoding: "utf8" },
)
  .split("\n")
  .filter((file) => /\.tsx?$/.test(file) && existsSync(file));

function importsOf(file: string): string[] {
  const text = readFileSync(file, "utf8");
  const found = [...text.matchAll(/(?:from\s+|import\s*\(\s*|^import\s+)"([^"]+)"/gm)].flatMap((match) =>
    match[1] ? [match[1]] : [],
  );
  return found.map((specifier) =>
    specifier.startsWith("@/")
      ? specifier.slice(2)
      : specifier.startsWith(".")
        ? normalize(join(dirname(file), specifier))
        : specifier,
  );
}

function nounOf(path: string): string | null {
  return /^server\/([^/.]+)/.exec(path)?.[1] ?? null;
}

const levelOf = (noun: string) => LEVELS.findIndex((level) => level.includes(noun));
const isTest = (file: string) => /\.test\.tsx?$|\/fixtures\.ts$/.test(file);

describe("import direction", () => {
  it("has a level for every folder of server/", () => {
    const nouns = new Set(files.flatMap((file) => nounOf(file) ?? []));
    const unknown = [...nouns].filter(
      (noun) => levelOf(noun) === -1 && noun !== "architecture" && noun !== "tidy",
    );
    expect(unknown).toEqual([]);
  });

  it("only ever points down, and enters a noun through its index", () => {
    const wrong: string[] = [];
    for (const file of files.filter((name) => name.startsWith("server/") && !isTest(name))) {
      const from = nounOf(file) ?? "";
      for (const target of importsOf(file)) {
        const to = nounOf(target);
        if (to === null || to === from) continue;
        const isAllowed = levelOf(to) < levelOf(from) || SAME_LEVEL[from]?.includes(to);
        const isDoor =
          to === "platform" ||
          to === "protocols" ||
          target === `server/${to}` ||
          target === `server/${to}/index`;
        if (!isAllowed || !(isDoor || from === "dev" || from === "operator"))
          wrong.push(`${file} → ${target}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it("keeps data out of app/: only tRPC, the composition root and leaf vocabulary", () => {
    const wrong: string[] = [];
    for (const file of files.filter((name) => name.startsWith("app/") && !isTest(name))) {
      for (const target of importsOf(file)) {
        if (!/^(server|db)(\/|$)/.test(target)) continue;
        if (!APP_MAY_IMPORT.some((allowed) => target === allowed || target.startsWith(`${allowed}/`)))
          wrong.push(`${file} → ${target}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it("keeps frameworks and vendors out of the gateway, and I/O out of the protocols", () => {
    const wrong = files
      .filter((file) => !isTest(file))
      .flatMap((file) => {
        const forbidden = FORBIDDEN_IN[nounOf(file) ?? ""];
        return forbidden
          ? importsOf(file)
              .filter((target) => forbidden.test(target))
              .map((target) => `${file} → ${target}`)
          : [];
      });
    expect(wrong).toEqual([]);
  });

  it("lets only the ledger write money tables", () => {
    const writes =
      /(insert|update|delete)\((balance|transfer|lease|intent|usageRecord|requestLog)\)|(insert into|update|delete from)\s+(balance|transfer|lease|intent|usage_record|request_log)\b/i;
    const wrong = files.filter(
      (file) =>
        !isTest(file) && !file.startsWith("server/ledger/") && writes.test(readFileSync(file, "utf8")),
    );
    expect(wrong).toEqual([]);
  });
});
