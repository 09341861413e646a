"use client";

import { CircleCheck } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { ButtonLink } from "@/app/_ui/button-link";
import { Card } from "@/app/_ui/card";

interface SentProps {
  readonly title: string;
  readonly ticketId: string;
  readonly email: string;
  readonly isMember: boolean;
  readonly children: ReactNode;
}

/** The message is kept: its number, and where the answer comes. Takes the focus, since the form is gone. */
export function Sent({ title, ticketId, email, isMember, children }: SentProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <Card className="grid justify-items-start gap-3 p-6 sm:p-8">
      <CircleCheck aria-hidden="true" className="size-6 text-positive" />
      <h2 ref={heading} tabIndex={-1} className="font-semibold text-xl outline-none">
        {title}
      </h2>
      <p className="text-ink-2">{children}</p>
      <p className="text-ink-2">
        Its number is <code className="break-all font-mono text-ink text-sm">{ticketId}</code>. The answer
        goes to <span className="break-all text-ink">{email}</span>.
      </p>
      {isMember && (
        <ButtonLink href={`/dashboard/support/${ticketId}`} variant="secondary" className="mt-2">
          See the ticket
        </ButtonLink>
      )}
    </Card>
  );
}
