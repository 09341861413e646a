import type { ReactNode } from "react";

export interface StateProps {
  readonly icon: ReactNode;
  readonly title: ReactNode;
  readonly description?: ReactNode;
  readonly action?: ReactNode;
  /** Machine text, such as a request id. */
  readonly detail?: string | null | undefined;
  readonly role?: "alert" | "status";
}

/** The shape shared by empty, broken and forbidden. */
export function State({ icon, title, description, action, detail, role }: StateProps) {
  return (
    <div role={role} className="grid justify-items-center gap-1.5 px-6 py-14 text-center">
      <span className="mb-2 grid size-10 place-items-center rounded-lg border border-line bg-sunken text-ink-2 [&_svg]:size-5">
        {icon}
      </span>
      <p className="font-medium">{title}</p>
      {description && <p className="max-w-[52ch] text-ink-2 text-sm leading-6">{description}</p>}
      {detail && <p className="mt-1 select-all break-all font-mono text-ink-2 text-xs">{detail}</p>}
      {action && <div className="mt-4 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}
