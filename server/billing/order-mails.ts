import { type NoticeKind, queueNotice } from "@/server/mail";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { toDecimalUsd } from "@/server/platform/money";
import type { Order } from "./orders";

/** Mails what became of an order to those who pay, in the transaction of the fact. */
export function mailOfOrder(
  tx: Executor,
  clock: Clock,
  kind: Extract<NoticeKind, `order_${string}` | "refund_failed" | "dispute_closed">,
  about: Pick<Order, "id" | "amountNanoUsd"> & { readonly organizationId: string },
  more: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { id, amountNanoUsd, organizationId } = about;
  const data = { orderId: id, amountUsd: toDecimalUsd(amountNanoUsd), ...more };
  return queueNotice(tx, clock, { organizationId, kind, data });
}
