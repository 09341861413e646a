import { Inbox } from "lucide-react";
import type { ReactNode } from "react";
import { State } from "./state";

interface EmptyStateProps {
  readonly title: string;
  readonly description?: ReactNode;
  readonly icon?: ReactNode;
  /** The next thing to do. */
  readonly action?: ReactNode;
}

/** Nothing here yet: why, and what to do about it. */
export function EmptyState({ icon = <Inbox aria-hidden="true" />, ...rest }: EmptyStateProps) {
  return <State {...rest} icon={icon} />;
}
