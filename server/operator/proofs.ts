import { createReadStream } from "node:fs";
import { open, readFile, rename, rm } from "node:fs/promises";
import { z } from "zod";
import { latestRuns } from "@/server/jobs";
import {
  checkInvariants,
  enterInvoice,
  exportRecords,
  type PublicJwk,
  reconcilePayments,
  reconcileProviders,
  sealBlocks,
  verifyExport,
} from "@/server/ledger";
import { AppError } from "@/server/platform/errors";
import { parseUsd, toDecimalUsd } from "@/server/platform/money";
import type { Command, OptionValues } from "./commands";
import { existingOrganization } from "./money";
import { optionalText, requiredText } from "./options";

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const DAY_MS = 24 * 60 * 60 * 1_000;

export const exportCommand: Command = {
  usage: "--organization ORG --file F",
  summary: "Writes all sealed records, blocks and signed receipts of an organization as NDJSON. Seals first.",
  options: { organization: { type: "string" }, file: { type: "string" } },
  async run(console, values) {
    const organizationId = await existingOrganization(console.db, requiredText(values, "organization"));
    const file = requiredText(values, "file");
    const sealed = await sealBlocks(console.db, { organizationId });
    const lines = await writeWhole(
      file,
      exportRecords({ db: console.db, signer: console.signer() }, organizationId),
    );
    return { organizationId, file, lines, newlySealed: sealed.records };
  },
};

/** A file that is there is whole: written beside it first. Answers the number of lines. */
async function writeWhole(file: string, lines: AsyncIterable<string>): Promise<number> {
  const draft = `${file}.partial`;
  const handle = await open(draft, "w");
  let count = 0;
  try {
    for await (const line of lines) {
      await handle.write(line);
      count += 1;
    }
    await handle.close();
    await rename(draft, file);
    return count;
  } catch (reason) {
    await handle.close();
    await rm(draft, { force: true });
    throw reason;
  }
}

/** Needs no database: it runs anywhere with the file, and the published keys beside it. */
export async function verifyFile(values: OptionValues): Promise<Readonly<Record<string, unknown>>> {
  const file = requiredText(values, "export");
  const keysFile = optionalText(values, "keys");
  const trustedKeys = keysFile === undefined ? undefined : await readKeySet(keysFile);
  const check = await verifyExport(createReadStream(file), { trustedKeys });
  if (check.problems.length > 0) {
    const list = check.problems.slice(0, 50).map(({ line, problem }) => `line ${line}: ${problem}`);
    throw new AppError("internal_error", {
      message: `${file} is not as it was sealed and signed:\n${list.join("\n")}`,
    });
  }
  const { problems, ...figures } = check;
  return {
    ...figures,
    problems: problems.length,
    keys: trustedKeys
      ? "as given with --keys"
      : "as named in the file; compare keyIds with /.well-known/receipt-keys.json, or give that file with --keys",
  };
}

const keySet = z.object({
  keys: z.array(z.object({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: z.string() })),
});

async function readKeySet(file: string): Promise<readonly PublicJwk[]> {
  const parsed = keySet.safeParse(JSON.parse(await readFile(file, "utf8")));
  if (!parsed.success)
    throw new AppError("invalid_request", {
      message: `${file} is no JSON Web Key Set of Ed25519 keys.`,
      param: "keys",
    });
  return parsed.data.keys;
}

export const invoiceAdd: Command = {
  usage: "--day YYYY-MM-DD --provider SLUG --model AUTHOR/NAME --usd AMOUNT [--reference TEXT]",
  summary: "Enters what a provider charged for a day and model; entered again, the later amount counts.",
  options: {
    day: { type: "string" },
    provider: { type: "string" },
    model: { type: "string" },
    usd: { type: "string" },
    reference: { type: "string" },
  },
  async run({ db }, values) {
    const amountNanoUsd = parseUsd(requiredText(values, "usd"));
    if (amountNanoUsd === null)
      throw new AppError("invalid_request", { message: "--usd must be an amount of USD.", param: "usd" });
    const invoice = {
      day: requiredDay(values, "day"),
      provider: requiredText(values, "provider"),
      model: requiredText(values, "model"),
      amountNanoUsd,
      reference: optionalText(values, "reference"),
    };
    await enterInvoice(db, invoice);
    return { ...invoice, amountNanoUsd: amountNanoUsd.toString() };
  },
};

const stripeList = z.array(
  z.looseObject({
    id: z.string(),
    type: z.string(),
    amount: z.int(),
    currency: z.literal("usd"),
    created: z.int(),
  }),
);

export const reconcile: Command = {
  usage: "[--from YYYY-MM-DD] [--to YYYY-MM-DD] [--stripe FILE]",
  summary:
    "Compares the ledger with itself, with provider invoices and with Stripe's balance transactions (a JSON array). Default: the last 31 days.",
  options: { from: { type: "string" }, to: { type: "string" }, stripe: { type: "string" } },
  async run({ db, pool, clock }, values) {
    const toDay = (ms: number) => new Date(ms).toISOString().slice(0, 10);
    const span = {
      from: values.from === undefined ? toDay(clock.nowMs() - 31 * DAY_MS) : requiredDay(values, "from"),
      to: values.to === undefined ? toDay(clock.nowMs()) : requiredDay(values, "to"),
    };
    const violations = await checkInvariants(pool);
    const invoices = await reconcileProviders(db, span);
    const stripeFile = optionalText(values, "stripe");
    const payments =
      stripeFile === undefined ? null : await reconcilePayments(db, await readStripe(stripeFile), span);
    const differing = payments?.filter((day) => !day.isEqual) ?? [];
    return {
      ...span,
      invariants: violations.length === 0 ? "all hold" : violations,
      invoices: invoices.length,
      invoicesOutOfTolerance: invoices
        .filter((line) => !line.isWithinTolerance)
        .map((line) => ({
          day: line.day,
          provider: line.provider,
          model: line.model,
          invoicedUsd: toDecimalUsd(line.invoicedNanoUsd),
          countedUsd: toDecimalUsd(line.countedNanoUsd),
        })),
      stripe: payments === null ? "not compared: no --stripe" : `${payments.length} days`,
      stripeDaysThatDiffer: differing.map((day) => ({
        day: day.day,
        stripeUsd: toDecimalUsd(day.stripeNanoUsd),
        ledgerUsd: toDecimalUsd(day.ledgerNanoUsd),
      })),
    };
  },
};

async function readStripe(file: string) {
  const parsed = stripeList.safeParse(JSON.parse(await readFile(file, "utf8")));
  if (!parsed.success)
    throw new AppError("invalid_request", {
      message: `${file} is no JSON array of Stripe balance transactions in USD.`,
      param: "stripe",
    });
  return parsed.data;
}

/** @throws AppError when the option is no day */
function requiredDay(values: OptionValues, name: string): string {
  const text = requiredText(values, name);
  if (!DAY.test(text) || Number.isNaN(Date.parse(text)))
    throw new AppError("invalid_request", {
      message: `--${name} must be a day like 2026-01-31.`,
      param: name,
    });
  return text;
}

export const jobs: Command = {
  usage: "",
  summary: "The last run of every job: when, how it ended, its figures.",
  options: {},
  async run({ db }) {
    const runs = await latestRuns(db);
    return Object.fromEntries(
      runs.map(({ name, startedAt, endedAt, outcome, figures, detail }) => [
        name,
        { startedAt, endedAt, outcome, ...figures, ...(detail === null ? {} : { detail }) },
      ]),
    );
  },
};
