import { and, eq } from "drizzle-orm";
import { organization, project } from "@/db/schema";
import { createKey } from "@/server/keys";
import { creditBalance, readBalance } from "@/server/ledger";
import type { Database } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { newId } from "@/server/platform/ids";
import { toDecimalUsd } from "@/server/platform/money";
import type { Command } from "./commands";
import { optionalInstant, optionalText, requiredText, requiredUsd } from "./options";

export const grant: Command = {
  usage: "--organization ORG --usd AMOUNT [--expires INSTANT] [--source ID] [--memo TEXT]",
  summary:
    "Adds promotional credit; what is unspent at --expires (2026-12-31T23:59:59Z) ends then. With --source a repeated call credits once.",
  options: {
    organization: { type: "string" },
    usd: { type: "string" },
    expires: { type: "string" },
    source: { type: "string" },
    memo: { type: "string" },
  },
  async run({ db, clock }, values) {
    const organizationId = await existingOrganization(db, requiredText(values, "organization"));
    const isCredited = await creditBalance(db, {
      organizationId,
      kind: "grant",
      bucket: "promotional",
      source: optionalText(values, "source") ?? newId("transfer"),
      amountNanoUsd: requiredUsd(values, "usd"),
      memo: optionalText(values, "memo"),
      expiresAt: optionalInstant(values, "expires", clock.nowMs()),
    });
    return {
      organizationId,
      credited: isCredited,
      balanceUsd: toDecimalUsd((await readBalance(db, organizationId)).totalNanoUsd),
    };
  },
};

export const keyCreate: Command = {
  usage: "--organization ORG [--name NAME]",
  summary: "Makes an API key in the organization's default project. The secret is printed once.",
  options: { organization: { type: "string" }, name: { type: "string" } },
  async run({ db }, values) {
    const organizationId = await existingOrganization(db, requiredText(values, "organization"));
    return createDefaultProjectKey(db, organizationId, optionalText(values, "name") ?? "Operator");
  },
};

/** A key that belongs to no person, in the default project. */
export async function createDefaultProjectKey(db: Database, organizationId: string, name: string) {
  const [home] = await db
    .select({ id: project.id })
    .from(project)
    .where(and(eq(project.organizationId, organizationId), eq(project.isDefault, true)));
  if (!home) throw new AppError("not_found", { message: "The organization has no default project." });
  const { key, secret } = await createKey(db, { organizationId, projectId: home.id, memberId: null, name });
  return { keyId: key.id, apiKey: secret };
}

export async function existingOrganization(db: Database, id: string): Promise<string> {
  const [found] = await db.select({ id: organization.id }).from(organization).where(eq(organization.id, id));
  if (!found) throw new AppError("not_found", { message: `There is no organization ${id}.` });
  return found.id;
}
