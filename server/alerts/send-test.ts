import { AppError } from "@/server/platform/errors";
import type { NoticeDeps } from "./deliver";
import { addressesOf } from "./notices";
import { readAlertSettings, readSlackUrl } from "./settings";
import { tellByMail, tellBySlack } from "./tell";
import type { AlertWords } from "./words";

const WORDS: AlertWords = {
  subject: "Test alert",
  lines: [
    "Somebody pressed “Send test” in the alert settings. Alerts of budgets and spend arrive like this one.",
  ],
  action: { label: "See the alert settings", path: "/dashboard/budgets" },
};

/** What came of a test, at once: `refused` is empty when everybody was reached. */
export interface TestOutcome {
  readonly reached: readonly string[];
  readonly refused: readonly { readonly recipient: string; readonly reason: string }[];
}

/**
 * Sends a test along the very way of the real alerts, to the very same readers.
 * @throws AppError conflict when nobody is set to be told by this channel
 */
export async function sendTestAlert(
  deps: Omit<NoticeDeps, "clock">,
  organizationId: string,
  channel: "mail" | "slack",
): Promise<TestOutcome> {
  return channel === "mail" ? testMail(deps, organizationId) : testSlack(deps, organizationId);
}

async function testMail(deps: Omit<NoticeDeps, "clock">, organizationId: string): Promise<TestOutcome> {
  const { mailRoles } = await readAlertSettings(deps.db, organizationId);
  const recipients = await addressesOf(deps.db, organizationId, mailRoles);
  if (recipients.length === 0) throw nobody("Nobody is set to be told by mail. Save that first.");
  const outcomes = await Promise.all(
    recipients.map(async (recipient) => ({ recipient, refusal: await tellByMail(deps, recipient, WORDS) })),
  );
  return {
    reached: outcomes.flatMap(({ recipient, refusal }) => (refusal === null ? [recipient] : [])),
    refused: outcomes.flatMap(({ recipient, refusal }) =>
      refusal === null ? [] : [{ recipient, reason: refusal.reason }],
    ),
  };
}

async function testSlack(deps: Omit<NoticeDeps, "clock">, organizationId: string): Promise<TestOutcome> {
  const url = await readSlackUrl(deps.db, deps.secretBox, organizationId);
  if (url === null) throw nobody("There is no Slack URL. Save one first.");
  const refusal = await tellBySlack(deps, url, WORDS);
  return refusal === null
    ? { reached: ["Slack"], refused: [] }
    : { reached: [], refused: [{ recipient: "Slack", reason: refusal.reason }] };
}

function nobody(message: string): AppError {
  return new AppError("conflict", { message });
}
