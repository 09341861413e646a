import { canonicalJson } from "@/server/platform/canonical-json";
import { roundPriceSum } from "@/server/platform/money";
import { isRecord, type Opened, openSigned, type PublicJwk, RECEIPT_TYPE } from "./signature";

/**
 * What is wrong with a signed receipt: its signature, its arithmetic, or that it tells of something else than its record.
 * @param record the usage record in canonical form, when there is one to compare with
 */
export function findReceiptProblems(
  jws: string,
  keys: ReadonlyMap<string, PublicJwk>,
  record?: Readonly<Record<string, unknown>>,
): readonly string[] {
  const opened: Opened = openSigned(jws, keys);
  if (!opened.ok) return [`receipt: ${opened.problem}`];
  if (opened.type !== RECEIPT_TYPE || !isRecord(opened.payload))
    return ["receipt: it is another kind of document"];
  const receipt = opened.payload;
  return [...arithmeticProblems(receipt), ...(record ? differences(receipt, record) : [])].map(
    (problem) => `receipt: ${problem}`,
  );
}

function arithmeticProblems(receipt: Readonly<Record<string, unknown>>): readonly string[] {
  const lines = Array.isArray(receipt.lines) ? receipt.lines.filter(isRecord) : [];
  const wrongLine = lines.find(
    (line) =>
      amount(line, "quantity") * amount(line, "price_nano_usd_per_million") !==
      amount(line, "amount_millionth_nano_usd"),
  );
  const sum = lines.reduce((total, line) => total + amount(line, "amount_millionth_nano_usd"), 0n);
  const from = isRecord(receipt.paid_from_nano_usd) ? receipt.paid_from_nano_usd : {};
  const charged = amount(receipt, "cost_nano_usd") + amount(receipt, "corrected_nano_usd");
  const checks: readonly (readonly [boolean, string])[] = [
    [wrongLine === undefined, `quantity × price of ${String(wrongLine?.unit)} is not its amount`],
    [sum === amount(receipt, "sum_millionth_nano_usd"), "its lines do not come to its sum"],
    [
      roundPriceSum(sum) === amount(receipt, "rounded_nano_usd"),
      "its sum is not rounded up, once, to a nano-USD",
    ],
    [
      amount(receipt, "rounded_nano_usd") ===
        amount(receipt, "cost_nano_usd") + amount(receipt, "overrun_nano_usd"),
      "cost and overrun are not its sum",
    ],
    [charged === amount(receipt, "charged_nano_usd"), "cost and correction are not the charge"],
    [
      charged === amount(from, "promotional") + amount(from, "committed") + amount(from, "paid"),
      "the buckets do not come to the charge",
    ],
  ];
  return checks.flatMap(([holds, problem]) => (holds ? [] : [problem]));
}

const SAME_NAMES = [
  "id",
  "organization_id",
  "project_id",
  "key_id",
  "member_id",
  "model",
  "provider",
  "endpoint_id",
  "price_version",
  "basis",
  "created_at",
  "settled_at",
] as const;

function differences(
  receipt: Readonly<Record<string, unknown>>,
  record: Readonly<Record<string, unknown>>,
): readonly string[] {
  const toLine = (line: unknown) =>
    isRecord(line)
      ? {
          unit: line.unit,
          priced_as: line.priced_as ?? line.pricedAs,
          quantity: line.quantity,
          price: line.price_nano_usd_per_million ?? line.priceNanoUsdPerMillion,
          above: line.above_context_tokens ?? line.aboveContextTokens,
        }
      : null;
  const linesOf = (value: unknown) => canonicalJson(Array.isArray(value) ? value.map(toLine) : null);
  const different = [
    ...SAME_NAMES.filter((name) => receipt[name] !== record[name]),
    ...(receipt.cost_nano_usd === record.cost ? [] : ["cost"]),
    ...(receipt.overrun_nano_usd === record.overrun ? [] : ["overrun"]),
    ...(linesOf(receipt.lines) === linesOf(record.lines) ? [] : ["lines"]),
  ];
  return different.map((name) => `its ${name} is not that of the record`);
}

/** An amount of a document; −1 where there is none, which no amount equals. */
function amount(document: Readonly<Record<string, unknown>>, name: string): bigint {
  const value = document[name];
  return typeof value === "string" && /^\d{1,40}$/.test(value) ? BigInt(value) : -1n;
}
