import type { AuditActor } from "@/server/audit";
import type { OwnerFixture } from "@/server/keys/fixtures";
import { systemClock } from "@/server/platform/clock";
import { NANO_USD_PER_USD } from "@/server/platform/money";
import type { StripeFixture } from "../stripe/fixtures";
import { acceptCommitment, type Quote, quoteCommitment, viewCommitment } from ".";
import { type CommitmentTerms, commitmentText } from "./terms";

export const usd = (dollars: number) => BigInt(dollars) * NANO_USD_PER_USD;
export const by: AuditActor = { kind: "operator", id: null, label: "Operator", ip: null };
export const MONTHLY = {
  yearlyNanoUsd: usd(12_000),
  discountBasisPoints: 1_000,
  schedule: "monthly",
  slaTier: "priority",
} as const;

export type CommitmentFixture = ReturnType<typeof commitmentFixture>;

/** Commitments against the local Stripe, and what became of them. */
export function commitmentFixture(site: StripeFixture) {
  const quote = (organizationId: string, over: Partial<Quote> = {}) =>
    quoteCommitment(site.database.db, systemClock, {
      ...MONTHLY,
      organizationId,
      validDays: 30,
      note: null,
      by,
      ...over,
    });

  const deliverAll = async () => {
    for (const body of site.fresh())
      if ((await site.deliver(body)) !== 200) throw new Error("an event was refused");
  };
  const view = (owner: OwnerFixture) => viewCommitment(site.database.db, owner.organizationId, systemClock);
  const statusOf = async (owner: OwnerFixture) => (await view(owner)).current?.status;
  const buckets = async (owner: OwnerFixture) => {
    const { rows } = await site.database.pool.query<{ committed: bigint; paid: bigint; debt: bigint }>(
      "SELECT committed, paid, debt FROM balance WHERE organization_id = $1",
      [owner.organizationId],
    );
    return rows[0];
  };
  const eventsOf = async (owner: OwnerFixture) => {
    const { rows } = await site.database.pool.query<{ type: string }>(
      "SELECT type FROM event WHERE organization_id = $1 AND type LIKE 'subscription.%' ORDER BY id",
      [owner.organizationId],
    );
    return rows.map(({ type }) => type);
  };

  /** What is to be mailed, in its order. */
  const mailsOf = async (owner: OwnerFixture) => {
    const { rows } = await site.database.pool.query<{ kind: string; data: Record<string, string> }>(
      "SELECT kind, data FROM mail_outbox WHERE organization_id = $1 ORDER BY id",
      [owner.organizationId],
    );
    return rows;
  };

  async function accepted(payBy: "card" | "invoice" = "card", terms: Partial<CommitmentTerms> = {}) {
    const owner = await site.owner();
    const { id } = await quote(owner.organizationId, terms);
    const input = { organizationId: owner.organizationId, commitmentId: id };
    const accept = () =>
      acceptCommitment(site.database.db, site.deps, {
        ...input,
        userId: owner.userId,
        payBy,
        consent: commitmentText({ ...MONTHLY, ...terms }),
        audit: by,
      });
    const made = await accept();
    const invoice = String(made.invoiceUrl).split("/").at(-1) ?? "";
    const subscription = String(
      site.local.store.all("subscription").find((one) => commitmentOf(one) === id)?.id,
    );
    return { owner, id, input, accept, invoice, subscription };
  }

  return { quote, deliverAll, view, statusOf, buckets, eventsOf, mailsOf, accepted };
}

export const commitmentOf = (subscription: Readonly<Record<string, unknown>>) =>
  (subscription.metadata as { readonly commitment_id?: string }).commitment_id;
