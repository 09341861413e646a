import type { ReactNode } from "react";
import { AccountCard } from "./account-card";

interface CheckYourMailProps {
  readonly email: string;
  /** What the mail is for, as the rest of “If … , we have sent …”. */
  readonly children: ReactNode;
  readonly actions?: ReactNode;
  readonly footer?: ReactNode;
}

/** After a form whose answer says nothing about who has an account. */
export function CheckYourMail({ email, children, actions, footer }: CheckYourMailProps) {
  return (
    <AccountCard
      title="Check your mail"
      lead={
        <>
          We have written to <strong className="break-all font-medium text-ink">{email}</strong>. {children}
        </>
      }
      footer={footer}
    >
      {actions}
      <p className="text-ink-2 text-sm">Nothing there after a minute? Look in the spam folder.</p>
    </AccountCard>
  );
}
