"use client";

import { createContext, type ReactNode, useContext } from "react";
import { isAllowed, type Permission, type Role } from "@/server/organizations/permissions";

/** The signed-in person and the organization they act for, as the layout was drawn with. */
export interface ShownActor {
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly organizationId: string;
  readonly organizationName: string;
  readonly mustSetUpTwoFactor: boolean;
  /** Works for the platform: the operator console is theirs too. */
  readonly isOperator: boolean;
}

const ActorContext = createContext<ShownActor | null>(null);

export function ActorProvider({
  actor,
  children,
}: {
  readonly actor: ShownActor;
  readonly children: ReactNode;
}) {
  return <ActorContext value={actor}>{children}</ActorContext>;
}

export function useActor(): ShownActor {
  const actor = useContext(ActorContext);
  if (!actor) throw new Error("useActor is for pages of the dashboard");
  return actor;
}

/**
 * May the person do this? Decides what is offered, never what is allowed: the server asks again, by the role of that
 * moment.
 */
export function useMay(permission: Permission): boolean {
  return isAllowed(useActor().role, permission);
}
