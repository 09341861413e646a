import { stringify } from "csv-stringify/sync";
import { z } from "zod";
import type { Executor } from "@/server/platform/database";
import { type AuditLink, type ChainFault, findChainFault } from "./chain";
import { type AuditRow, readChain } from "./list";

export type AuditExportFormat = "ndjson" | "csv";

const COLUMNS = [
  "sequence",
  "id",
  "chain",
  "createdAt",
  "actorKind",
  "actorId",
  "actorLabel",
  "ip",
  "action",
  "targetKind",
  "targetId",
  "targetLabel",
  "before",
  "after",
  "previousHash",
  "hash",
] as const satisfies readonly (keyof AuditRow)[];

/**
 * A whole chain, first link first. NDJSON is complete and can be verified by anyone; CSV is for spreadsheets, with cells
 * that begin like a formula escaped, so that a name cannot become one.
 */
export async function* exportAudit(
  db: Executor,
  chain: string,
  format: AuditExportFormat,
): AsyncGenerator<string> {
  if (format === "csv") yield stringify([[...COLUMNS]]);
  for await (const row of readChain(db, chain))
    yield format === "csv" ? toCsv(row) : `${JSON.stringify(row)}\n`;
}

function toCsv(row: AuditRow): string {
  const cells = COLUMNS.map((column) => {
    const value = row[column];
    if (value instanceof Date) return value.toISOString();
    return typeof value === "object" && value !== null ? JSON.stringify(value) : value;
  });
  return stringify([cells], { escape_formulas: true });
}

const exportedLink = z.strictObject({
  id: z.string(),
  chain: z.string(),
  sequence: z.int().min(1),
  actorKind: z.enum(["user", "key", "system", "operator"]),
  actorId: z.string().nullable(),
  actorLabel: z.string(),
  ip: z.string().nullable(),
  action: z.string(),
  targetKind: z.string(),
  targetId: z.string(),
  targetLabel: z.string(),
  before: z.unknown(),
  after: z.unknown(),
  previousHash: z.string(),
  hash: z.string(),
  createdAt: z.iso.datetime().transform((text) => new Date(text)),
});

export interface AuditExportCheck {
  readonly links: number;
  /** To compare with the hash that the product shows: a chain that was cut at its end is whole, but ends elsewhere. */
  readonly headHash: string | null;
  readonly fault: (ChainFault | { readonly line: number; readonly fault: "unreadable" }) | null;
}

/** Checks an exported chain with nothing but its lines. */
export async function verifyAuditExport(lines: AsyncIterable<string>): Promise<AuditExportCheck> {
  let last: (AuditLink & { readonly hash: string }) | null = null;
  let links = 0;
  for await (const line of lines) {
    if (line.trim() === "") continue;
    const link = parseLine(line);
    if (link === null)
      return { links, headHash: last?.hash ?? null, fault: { line: links + 1, fault: "unreadable" } };
    const fault: ChainFault | null =
      last !== null && link.chain !== last.chain
        ? { sequence: link.sequence, id: link.id, fault: "broken" }
        : findChainFault([link], last);
    if (fault) return { links, headHash: last?.hash ?? null, fault };
    last = link;
    links += 1;
  }
  return { links, headHash: last?.hash ?? null, fault: null };
}

function parseLine(line: string): (AuditLink & { readonly hash: string }) | null {
  try {
    const parsed = exportedLink.safeParse(JSON.parse(line));
    return parsed.success ? { ...parsed.data, before: parsed.data.before, after: parsed.data.after } : null;
  } catch {
    return null;
  }
}
