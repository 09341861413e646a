import { defineConfig } from "drizzle-kit";

const NOUNS = [
  "identity",
  "organizations",
  "keys",
  "management-keys",
  "mail",
  "catalog",
  "commitments",
  "partners",
  "promotions",
  "billing",
  "ledger",
  "audit",
  "events",
  "health",
  "usage",
  "price-locks",
  "proofs",
  "jobs",
  "responses",
  "budgets",
  "idempotency",
  "videos",
  "webhooks",
  "prompts",
  "two-factor",
  "support",
  "alerts",
  "exports",
];

export default defineConfig({
  dialect: "postgresql",
  // records.ts is left out: its tables are partitioned, their DDL is a hand-written migration.
  schema: NOUNS.map((noun) => `./db/schema/${noun}.ts`),
  out: "./db/migrations",
});
