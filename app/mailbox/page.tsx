import Link from "next/link";
import { notFound } from "next/navigation";
import { serverApi } from "@/app/_trpc/server";
import { Card } from "@/app/_ui/card";
import { EmptyState } from "@/app/_ui/empty-state";
import { orNull } from "./or-null";

export const dynamic = "force-dynamic";

export default async function MailboxPage() {
  const mails = await orNull((await serverApi()).mailbox.list());
  if (!mails) notFound();
  if (mails.length === 0)
    return <EmptyState title="No mail yet" description="Sign up, and the first one will be here." />;
  return (
    <Card className="overflow-hidden p-0">
      <ul className="divide-y divide-line">
        {mails.map((mail) => (
          <li key={mail.id}>
            <Link
              href={`/mailbox/${mail.id}`}
              className="grid gap-1 px-5 py-4 transition-colors hover:bg-hover focus-visible:-outline-offset-2"
            >
              <span className="font-medium text-ink">{mail.subject}</span>
              <span className="flex flex-wrap gap-x-3 text-ink-2 text-sm">
                <span className="min-w-0 break-all">{mail.to}</span>
                <time dateTime={mail.sentAt} className="whitespace-nowrap">
                  {mail.sentAt.replace("T", " ").slice(0, 19)} UTC
                </time>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Card>
  );
}
