import { deliver } from "@/server/auth";
import type { Order } from "@/server/billing";
import { approvalAskedMail, approvalDecidedMail } from "@/server/mail";
import { type Actor, listMembers, rolesWith } from "@/server/organizations";
import { toDecimalUsd } from "@/server/platform/money";
import type { TrpcContext } from "./context";

type MemberContext = TrpcContext & { readonly actor: Actor };

/** Mails those who may decide, after the answer, when the order waits for them. @returns the order as it came */
export function askForApproval(ctx: MemberContext, placed: Order): Order {
  const { services, actor } = ctx;
  if (placed.status !== "awaiting_approval") return placed;
  ctx.defer(async () => {
    const members = await listMembers(services.db, actor.organizationId);
    const deciders = members.filter(
      ({ role, userId }) => rolesWith("billing.approve").includes(role) && userId !== actor.userId,
    );
    for (const { email } of deciders)
      await deliver(
        services,
        approvalAskedMail({
          to: email,
          askedBy: actor.name,
          amountUsd: toDecimalUsd(placed.amountNanoUsd),
          url: `${services.appUrl}/dashboard/billing#approvals`,
        }),
      );
  });
  return placed;
}

/** Mails whoever asked for the top-up what was decided, after the answer. */
export function tellBuyer(
  { services, actor, defer }: MemberContext,
  decided: { readonly order: Order; readonly askedBy: string },
  isApproved: boolean,
): void {
  const mail = approvalDecidedMail({
    to: decided.askedBy,
    decidedBy: actor.name,
    isApproved,
    amountUsd: toDecimalUsd(decided.order.amountNanoUsd),
    url: `${services.appUrl}/dashboard/billing?order=${decided.order.id}`,
  });
  defer(() => deliver(services, mail));
}
