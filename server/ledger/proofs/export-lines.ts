import { z } from "zod";
import { canonicalJson } from "@/server/platform/canonical-json";

export const EXPORT_FORMAT = "deeptoken-export.v1";
/** `typ` of the signature at the end of an export. */
export const EXPORT_END_TYPE = "deeptoken-export+jws";

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const digits = z.string().regex(/^\d+$/);
const jwk = z.strictObject({
  kty: z.literal("OKP"),
  crv: z.literal("Ed25519"),
  x: z.string(),
  kid: z.string(),
  use: z.literal("sig"),
  alg: z.literal("EdDSA"),
});

/** Shapes of the lines of an export. Strict: a member too many is a change as well. */
const exportLine = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("export"),
    format: z.literal(EXPORT_FORMAT),
    organization_id: z.string(),
    exported_at: z.string(),
    keys: z.array(jwk),
  }),
  z.strictObject({
    type: z.literal("block.v1"),
    organization_id: z.string(),
    sequence: digits,
    previous_hash: hash,
    merkle_root: hash,
    record_count: z.int().positive(),
    sealed_at: z.string(),
    hash,
  }),
  z.strictObject({
    type: z.literal("record"),
    block: digits,
    index: z.int().nonnegative(),
    leaf: hash,
    record: z.looseObject({
      type: z.enum(["usage_record.v1", "transfer.v1"]),
      id: z.string(),
      organization_id: z.string(),
    }),
    receipt: z.string().optional(),
  }),
  z.strictObject({ type: z.literal("end"), signed: z.string() }),
]);

type ExportLine = z.infer<typeof exportLine>;
export type HeadLine = Extract<ExportLine, { type: "export" }>;
export type BlockLine = Extract<ExportLine, { type: "block.v1" }>;
export type RecordLine = Extract<ExportLine, { type: "record" }>;
export type EndLine = Extract<ExportLine, { type: "end" }>;

/** What the end of an export signs. */
export const exportEnd = z.strictObject({
  type: z.literal("export-end.v1"),
  organization_id: z.string(),
  exported_at: z.string(),
  blocks: z.int().nonnegative(),
  records: z.int().nonnegative(),
  head: hash.nullable(),
  sha256: hash,
});

/** One line as a value, or what is wrong with its bytes. */
export function readLine(bytes: Uint8Array): ExportLine | { readonly problem: string } {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { problem: "is not UTF-8" };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: "is not JSON" };
  }
  if (canonicalJson(value) !== text)
    return { problem: "is not written canonically: bytes between or in its values were changed" };
  const line = exportLine.safeParse(value);
  if (line.success) return line.data;
  const [issue] = line.error.issues;
  return {
    problem: `has another shape than an export's line: ${issue?.path.join(".") || "type"}: ${issue?.message}`,
  };
}

const LINE_END = 0x0a;

/** Splits bytes into lines without their ends. The last one is whole only when `hasEnd`. */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ readonly bytes: Uint8Array; readonly hasEnd: boolean }> {
  let rest = Buffer.alloc(0);
  for await (const chunk of chunks) {
    rest = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = rest.indexOf(LINE_END); end !== -1; end = rest.indexOf(LINE_END, start)) {
      yield { bytes: rest.subarray(start, end), hasEnd: true };
      start = end + 1;
    }
    rest = rest.subarray(start);
  }
  if (rest.length > 0) yield { bytes: rest, hasEnd: false };
}
