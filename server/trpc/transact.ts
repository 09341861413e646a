import type { AuditActor } from "@/server/audit";
import { type Actor, auditActor, operatorActor } from "@/server/organizations";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import type { TrpcContext } from "./context";

/** The context of a procedure that only a signed-in person reaches. */
export type SignedIn = TrpcContext & { readonly actor: Actor };

/** What every change needs to know of the call: when, where, and who as the audit trail names them. */
interface Change {
  readonly clock: Clock;
  readonly organizationId: string;
  readonly by: AuditActor;
  /** For changes that also look at who the person is: their member, role or session. */
  readonly author: { readonly actor: Actor; readonly audit: AuditActor };
}

/** Runs one change of the signed-in person: all of it, with its audit entry, or nothing. */
export function transact<T>(
  { services, actor, ip }: SignedIn,
  change: (tx: Executor, known: Change) => Promise<T>,
): Promise<T> {
  const by = auditActor(actor, ip);
  const { organizationId } = actor;
  const known = { clock: services.clock, organizationId, by, author: { actor, audit: by } };
  return services.db.transaction((tx) => change(tx, known));
}

/** The same for an operator of the platform, whom the trail names as one. */
export function transactAsOperator<T>(
  { services, actor, ip }: SignedIn,
  change: (tx: Executor, known: { readonly clock: Clock; readonly by: AuditActor }) => Promise<T>,
): Promise<T> {
  const known = { clock: services.clock, by: operatorActor(actor, ip) };
  return services.db.transaction((tx) => change(tx, known));
}
