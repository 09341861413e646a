import { eq } from "drizzle-orm";
import { alertSettings } from "@/db/schema";
import { type AuditActor, recordAudit } from "@/server/audit";
import { ROLES, type Role } from "@/server/organizations";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { fromCents, NANO_USD_PER_USD, type NanoUsd } from "@/server/platform/money";
import type { SecretBox } from "@/server/platform/secret-box";
import { type AddressRules, toWebhookUrl } from "@/server/webhooks";

const MAX_MINIMUM = 1_000_000n * NANO_USD_PER_USD;
const MAX_THRESHOLDS = 10;

/** How an organization wants to be told. */
export interface AlertSettings {
  /** Members of these roles are mailed; empty = no mail. */
  readonly mailRoles: readonly Role[];
  /** Host and last characters of the Slack URL; null when there is none. The URL itself is a secret. */
  readonly slackShown: string | null;
  readonly isAnomalyOn: boolean;
  /** An hour that costs less is never unusual. */
  readonly anomalyMinimumNanoUsd: NanoUsd;
  /** Percentages that the editor of a new budget begins with, ascending. */
  readonly defaultThresholds: readonly number[];
}

export interface AlertSettingsChange extends Omit<AlertSettings, "slackShown"> {
  /** A new Slack URL; null removes it, left out keeps what there is. */
  readonly slackUrl?: string | null | undefined;
}

/** What sealing a URL needs. */
export interface AlertSecrets extends AddressRules {
  readonly secretBox: SecretBox;
}

const DEFAULT: AlertSettings = {
  mailRoles: ["owner", "billing"],
  slackShown: null,
  isAnomalyOn: true,
  anomalyMinimumNanoUsd: fromCents(10_00n),
  defaultThresholds: [50, 80, 100],
};

/** What was set, or the defaults. */
export async function readAlertSettings(db: Executor, organizationId: string): Promise<AlertSettings> {
  const [row] = await db.select().from(alertSettings).where(eq(alertSettings.organizationId, organizationId));
  if (!row) return DEFAULT;
  const { mailRoles, slackShown, isAnomalyOn, anomalyMinimum, defaultThresholds } = row;
  return { mailRoles, slackShown, isAnomalyOn, anomalyMinimumNanoUsd: anomalyMinimum, defaultThresholds };
}

/** The Slack URL in the clear, for whoever posts there now. Null when there is none. */
export async function readSlackUrl(
  db: Executor,
  secretBox: SecretBox,
  organizationId: string,
): Promise<string | null> {
  const [row] = await db
    .select({ sealed: alertSettings.slackUrl })
    .from(alertSettings)
    .where(eq(alertSettings.organizationId, organizationId));
  return row?.sealed ? secretBox.open(row.sealed) : null;
}

/**
 * Sets how alerts are told; it holds for the next one.
 * @throws AppError invalid_request (names the field)
 */
export async function writeAlertSettings(
  tx: Executor,
  clock: Clock,
  secrets: AlertSecrets,
  input: {
    readonly organizationId: string;
    readonly by: AuditActor;
    readonly change: AlertSettingsChange;
  },
): Promise<AlertSettings> {
  const { organizationId, change } = input;
  const before = await readAlertSettings(tx, organizationId);
  const slack = slackColumns(secrets, change.slackUrl);
  const columns = {
    mailRoles: ROLES.filter((role) => change.mailRoles.includes(role)),
    isAnomalyOn: change.isAnomalyOn,
    anomalyMinimum: minimumOf(change.anomalyMinimumNanoUsd),
    defaultThresholds: thresholdsOf(change.defaultThresholds),
    updatedAt: new Date(clock.nowMs()),
    ...slack,
  };
  await tx
    .insert(alertSettings)
    .values({ organizationId, ...columns })
    .onConflictDoUpdate({ target: alertSettings.organizationId, set: columns });
  const after = await readAlertSettings(tx, organizationId);
  await recordAudit(tx, clock, {
    organizationId,
    actor: input.by,
    action: "alert.updated",
    target: { kind: "organization", id: organizationId, label: "Alerts" },
    before: toDetail(before),
    after: toDetail(after),
  });
  return after;
}

/** The URL is judged like a webhook endpoint's, kept sealed, and shown by its host and last four characters only. */
function slackColumns({ secretBox, allowsLoopback }: AlertSecrets, url: string | null | undefined) {
  if (url === undefined) return {};
  if (url === null) return { slackUrl: null, slackShown: null };
  const checked = urlOf(url, allowsLoopback);
  return { slackUrl: secretBox.seal(checked), slackShown: `${new URL(checked).host}/…${checked.slice(-4)}` };
}

function urlOf(url: string, allowsLoopback: boolean): string {
  try {
    return toWebhookUrl(url, { allowsLoopback });
  } catch (thrown) {
    throw AppError.is(thrown) ? invalid("slackUrl", thrown.message) : thrown;
  }
}

function minimumOf(amount: NanoUsd): NanoUsd {
  if (amount >= fromCents(1n) && amount <= MAX_MINIMUM) return amount;
  throw invalid("anomalyMinimumNanoUsd", "The smallest unusual hour is $0.01 to $1,000,000.");
}

function thresholdsOf(percents: readonly number[]): number[] {
  if (percents.some((percent) => !Number.isInteger(percent) || percent < 1 || percent > 100))
    throw invalid("defaultThresholds", "An alert threshold is a whole percentage from 1 to 100.");
  const thresholds = [...new Set(percents)].sort((a, b) => a - b);
  if (thresholds.length <= MAX_THRESHOLDS) return thresholds;
  throw invalid("defaultThresholds", `A budget can have ${MAX_THRESHOLDS} thresholds.`);
}

function toDetail({ anomalyMinimumNanoUsd, ...rest }: AlertSettings) {
  return { ...rest, anomalyMinimumNanoUsd: anomalyMinimumNanoUsd.toString() };
}

function invalid(param: string, message: string): AppError {
  return new AppError("invalid_request", { message, param });
}
