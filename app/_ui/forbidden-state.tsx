import { Lock } from "lucide-react";
import type { ReactNode } from "react";
import { State } from "./state";

interface ForbiddenStateProps {
  /** What the reader may not see or do. */
  readonly title?: string;
  /** Roles that may, in the words of the product. */
  readonly rolesAllowed: readonly string[];
  readonly action?: ReactNode;
}

/** Not with this role: names the roles that may, so that the reader knows whom to ask. */
export function ForbiddenState({
  title = "Your role does not allow this",
  rolesAllowed,
  action,
}: ForbiddenStateProps) {
  const roles = new Intl.ListFormat("en", { type: "disjunction" }).format(rolesAllowed);
  return (
    <State
      role="status"
      icon={<Lock aria-hidden="true" />}
      title={title}
      description={`It takes the role ${roles}. An owner or admin of the organization can change your role.`}
      action={action}
    />
  );
}
