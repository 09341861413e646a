import { z } from "zod";
import { searchUsers, signOutUser, suspendUser, unsuspendUser } from "@/server/auth";
import { grantCredit, takeAdjustment } from "@/server/billing";
import { readBalance } from "@/server/ledger";
import {
  readOrganizationForOperator,
  resumeOrganization,
  searchOrganizations,
  suspendOrganization,
} from "@/server/organizations";
import { usdOf } from "../../amounts";
import { operatorProcedure, router } from "../../init";
import { transactAsOperator } from "../../transact";
import { reason } from "./inputs";

const organizationId = z.string().max(64);
const person = z.strictObject({ userId: z.string().max(64), reason });
const text = z.string().trim().max(100);
const adjustment = {
  organizationId,
  /** Plain decimal US dollars. */
  amountUsd: z.string().max(32),
  reason,
  attemptKey: z.string().regex(/^[A-Za-z0-9_-]{16,64}$/),
};

/** Organizations and users of everybody. */
export const operatorPeopleRouter = router({
  organizations: operatorProcedure
    .input(z.strictObject({ text, status: z.enum(["active", "suspended"]).nullish() }))
    .query(({ ctx, input }) =>
      searchOrganizations(ctx.services.db, { text: input.text, status: input.status ?? undefined }),
    ),

  organization: operatorProcedure.input(z.strictObject({ organizationId })).query(async ({ ctx, input }) => ({
    ...(await readOrganizationForOperator(ctx.services.db, input.organizationId)),
    balance: await readBalance(ctx.services.db, input.organizationId),
  })),

  suspend: operatorProcedure
    .input(z.strictObject({ organizationId, reason }))
    .mutation(({ ctx, input }) =>
      transactAsOperator(ctx, (tx, { clock, by }) =>
        suspendOrganization(tx, clock, { ...input, by, for: "operator" }),
      ),
    ),

  resume: operatorProcedure
    .input(z.strictObject({ organizationId, reason }))
    .mutation(({ ctx, input }) =>
      transactAsOperator(ctx, (tx, { clock, by }) =>
        resumeOrganization(tx, clock, { ...input, by, for: "operator" }),
      ),
    ),

  /** Promotional credit. @returns false when the same attempt was made before */
  credit: operatorProcedure
    .input(z.strictObject({ ...adjustment, expiresAt: z.date().nullable() }))
    .mutation(({ ctx, input: { amountUsd, ...input } }) =>
      transactAsOperator(ctx, (tx, { clock, by }) =>
        grantCredit(tx, clock, { ...input, by, amountNanoUsd: usdOf(amountUsd) }),
      ),
    ),

  /** Takes paid money to correct a mistake of ours. @returns false when the same attempt was made before */
  debit: operatorProcedure
    .input(z.strictObject(adjustment))
    .mutation(({ ctx, input: { amountUsd, ...input } }) =>
      transactAsOperator(ctx, (tx, { clock, by }) =>
        takeAdjustment(tx, clock, { ...input, by, amountNanoUsd: usdOf(amountUsd) }),
      ),
    ),

  users: operatorProcedure
    .input(z.strictObject({ text }))
    .query(({ ctx, input }) => searchUsers(ctx.services.db, input.text)),

  suspendUser: operatorProcedure
    .input(person)
    .mutation(({ ctx, input }) =>
      transactAsOperator(ctx, (tx, { clock, by }) => suspendUser(tx, clock, { ...input, by })),
    ),

  unsuspendUser: operatorProcedure
    .input(person)
    .mutation(({ ctx, input }) =>
      transactAsOperator(ctx, (tx, { clock, by }) => unsuspendUser(tx, clock, { ...input, by })),
    ),

  signOut: operatorProcedure
    .input(person)
    .mutation(({ ctx, input }) =>
      transactAsOperator(ctx, (tx, { clock, by }) => signOutUser(tx, clock, { ...input, by })),
    ),
});
