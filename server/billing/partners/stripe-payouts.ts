import { and, eq, isNull } from "drizzle-orm";
import type Stripe from "stripe";
import { partner } from "@/db/schema";
import type { Database } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";
import { toWholeCents } from "@/server/platform/money";
import type { BillingDeps } from "../create-order";
import { isUndecided, required, type StripeAccess, toUnavailable } from "../stripe/access";
import { type Partner, readPartner } from "./join";
import { type Decision, failPayout, markPayoutPaid, type Payout, readPayout, requireEarned } from "./payouts";

/**
 * Stripe's page where a partner says who they are and where their money goes. Nothing of it reaches us.
 * @throws AppError not_found (no partner), service_unavailable
 */
export async function openPayoutAccount(
  db: Database,
  deps: BillingDeps,
  request: { readonly organizationId: string; readonly appUrl: string },
): Promise<{ readonly url: string }> {
  const own = await readPartner(db, request.organizationId);
  if (!own) throw new AppError("not_found", { message: "Your organization is no partner yet." });
  const { api } = required(deps.stripe);
  const back = `${request.appUrl}/dashboard/partner`;
  const open = async () => {
    const account = own.stripeAccountId ?? (await makeAccount(db, api, own));
    return api.accountLinks.create({
      account,
      type: "account_onboarding",
      refresh_url: back,
      return_url: back,
    });
  };
  const { url } = await open().catch((reason: unknown) => Promise.reject(toUnavailable(reason)));
  return { url };
}

async function makeAccount(db: Database, api: StripeAccess["api"], own: Partner): Promise<string> {
  const { id } = await api.accounts.create(
    {
      type: "express",
      capabilities: { transfers: { requested: true } },
      metadata: { organization_id: own.organizationId },
    },
    { idempotencyKey: `partner:${own.organizationId}` },
  );
  await db
    .update(partner)
    .set({ stripeAccountId: id })
    .where(and(eq(partner.organizationId, own.organizationId), isNull(partner.stripeAccountId)));
  return (await readPartner(db, own.organizationId))?.stripeAccountId ?? id;
}

/** Can Stripe send money there yet? False without an account. @throws AppError service_unavailable */
async function canReceiveTransfers(deps: BillingDeps, own: Partner): Promise<boolean> {
  if (!deps.stripe || !own.stripeAccountId) return false;
  const account = await deps.stripe.api.accounts
    .retrieve(own.stripeAccountId)
    .catch((reason: unknown) => Promise.reject(toUnavailable(reason)));
  return account.capabilities?.transfers === "active";
}

/**
 * Sends an approved payout through Stripe and records it. Any number of calls send once: the payout's id is the
 * idempotency key, and what was sent under it before is found first. What Stripe refuses fails the payout.
 * @throws AppError not_found, conflict (not approved, no account, commission gone), service_unavailable (ask again)
 */
export async function sendPayout(db: Database, deps: BillingDeps, decision: Decision): Promise<Payout> {
  const row = await readPayout(db, decision.payoutId);
  if (row.status === "paid") return row;
  if (row.status !== "approved")
    throw new AppError("conflict", { message: `The payout is ${row.status}, not approved.` });
  const { api } = required(deps.stripe);
  const own = await readPartner(db, row.organizationId);
  if (!own?.stripeAccountId || !(await canReceiveTransfers(deps, own)))
    throw new AppError("conflict", {
      message:
        "The partner has no account at Stripe that can receive money. Pay it past Stripe and record it.",
    });
  const answer = await transferOf(db, api, row, own.stripeAccountId);
  if (typeof answer === "string") return failPayout(db, deps.clock, { ...decision, reason: answer });
  return markPayoutPaid(db, deps.clock, {
    ...decision,
    method: "stripe",
    reference: null,
    stripeTransferId: answer.id,
  });
}

/** The transfer of a payout, or why Stripe refuses it. */
async function transferOf(
  db: Database,
  api: StripeAccess["api"],
  row: Payout,
  destination: string,
): Promise<Stripe.Transfer | string> {
  try {
    const { data } = await api.transfers.list({ transfer_group: row.id, limit: 1 });
    const [made] = data;
    if (made) return made;
    await requireEarned(db, row);
    return await api.transfers.create(
      {
        amount: Number(toWholeCents(row.amountNanoUsd)),
        currency: "usd",
        destination,
        transfer_group: row.id,
        metadata: { payout_id: row.id, organization_id: row.organizationId },
      },
      { idempotencyKey: row.id },
    );
  } catch (reason) {
    if (AppError.is(reason)) throw reason;
    if (isUndecided(reason)) throw toUnavailable(reason);
    return reason instanceof Error ? reason.message : String(reason);
  }
}
