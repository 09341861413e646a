import type { AuditActor } from "@/server/audit";
import { isAllowed, type Permission, type Role } from "./permissions";

/** The person behind a call and the organization they act for. Read from the session, never from input. */
export interface Actor {
  readonly userId: string;
  /** Of the signed-in browser; ends with it. */
  readonly sessionId: string;
  readonly email: string;
  readonly name: string;
  /** Works for the platform: may use the operator console. Says nothing about organizations. */
  readonly isOperator: boolean;
  /** Signs in with a second factor. The operator console asks for it. */
  readonly hasTwoFactor: boolean;
  readonly organizationId: string;
  readonly organizationName: string;
  readonly memberId: string;
  readonly role: Role;
  /** The organization requires two-factor sign-in and the person has none: they may set it up, and nothing else. */
  readonly mustSetUpTwoFactor: boolean;
}

/** May the actor do this in the organization they act for? */
export function can(actor: Actor, permission: Permission): boolean {
  return isAllowed(actor.role, permission);
}

/** The actor as the trail names them. @param ip address of the call, as far as it is known */
export function auditActor(actor: Actor, ip: string | null): AuditActor {
  return { kind: "user", id: actor.userId, label: `${actor.name} <${actor.email}>`, ip };
}

/** The same person as an operator of the platform. */
export function operatorActor(actor: Actor, ip: string | null): AuditActor {
  return { ...auditActor(actor, ip), kind: "operator" };
}
