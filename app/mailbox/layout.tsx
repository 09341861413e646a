import type { Metadata } from "next";
import Link from "next/link";
import type { ReactNode } from "react";
import { SkipLink } from "@/app/_ui/skip-link";

export const metadata: Metadata = { title: "Mailbox", robots: { index: false, follow: false } };

export default function MailboxLayout({ children }: { readonly children: ReactNode }) {
  return (
    <main
      id="main"
      tabIndex={-1}
      className="mx-auto grid w-full max-w-3xl grid-cols-[minmax(0,1fr)] gap-6 px-4 py-10 outline-none"
    >
      <SkipLink />
      <header className="grid gap-2">
        <h1 className="font-semibold text-2xl text-ink tracking-tight">
          <Link href="/mailbox">Development mailbox</Link>
        </h1>
        <p className="max-w-prose text-ink-2 text-sm">
          Mails of this site are kept here instead of being sent, because no mail server is configured.
          Everybody who can open this site can read them.
        </p>
      </header>
      {children}
    </main>
  );
}
