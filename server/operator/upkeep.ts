import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { sql } from "drizzle-orm";
import { migrateDatabase } from "@/db/migrate";
import { verifyAuditExport } from "@/server/audit";
import { checkBlocks, checkInvariants, sealBlocks, sweep } from "@/server/ledger";
import { AppError } from "@/server/platform/errors";
import type { Command } from "./commands";
import type { OperatorConsole } from "./console";
import { requiredText } from "./options";
import { verifyFile } from "./proofs";

export const migrate: Command = {
  usage: "",
  summary: "Brings the database to the newest schema.",
  options: {},
  async run({ db }) {
    await migrateDatabase(db);
    return { migrated: true };
  },
};

export const databaseGrant: Command = {
  usage: "--role NAME",
  summary:
    "Lets a Postgres role run the product and nothing more: it cannot change or delete what is append-only. Run it as the owner of the tables, after every migrate.",
  options: { role: { type: "string" } },
  async run({ db }, values) {
    const role = requiredText(values, "role");
    const { rows } = await db.execute<{ tables: number }>(sql`SELECT grant_product_role(${role}) AS tables`);
    return { role, tables: rows[0]?.tables ?? 0 };
  },
};

export const verify: Command = {
  usage: "[--sweep] | --export FILE [--keys FILE] | --audit FILE",
  summary:
    "Checks the ledger's invariants and every sealed block; fails when one does not hold. --sweep first ends what has expired, and seals. With --export: checks an exported file instead, without a database. With --audit: checks an exported audit trail in the same way.",
  options: {
    sweep: { type: "boolean" },
    export: { type: "string" },
    keys: { type: "string" },
    audit: { type: "string" },
  },
  withoutDatabase(values) {
    if (values.audit !== undefined) return verifyTrail(requiredText(values, "audit"));
    return values.export === undefined ? null : verifyFile(values);
  },
  async run({ db, pool }, values) {
    const swept = values.sweep ? await sweepAndSeal(db, pool) : null;
    const violations = [...(await checkInvariants(pool)), ...(await checkBlocks(db))];
    if (violations.length > 0) {
      const list = violations.map(({ invariant, subject, detail }) => `${invariant} ${subject}: ${detail}`);
      throw new AppError("internal_error", { message: `The books are not right:\n${list.join("\n")}` });
    }
    return { violations: 0, ...(swept ?? {}) };
  },
};

/** A trail that somebody exported: needs the file alone. @throws AppError when a link was changed or is missing */
async function verifyTrail(file: string): Promise<Readonly<Record<string, unknown>>> {
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
  const { fault, ...figures } = await verifyAuditExport(lines);
  if (fault) {
    const place = "line" in fault ? `line ${fault.line}` : `link ${fault.sequence} (${fault.id})`;
    throw new AppError("internal_error", { message: `${file}: ${place} is ${fault.fault}.` });
  }
  return figures;
}

async function sweepAndSeal(db: OperatorConsole["db"], pool: OperatorConsole["pool"]) {
  const { endedNanoUsd, ...swept } = await sweep(pool);
  const sealed = await sealBlocks(db);
  return { ...swept, endedNanoUsd: endedNanoUsd.toString(), blocks: sealed.blocks, sealed: sealed.records };
}
