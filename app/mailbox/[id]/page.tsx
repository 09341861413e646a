import { notFound } from "next/navigation";
import { serverApi } from "@/app/_trpc/server";
import { Card } from "@/app/_ui/card";
import { orNull } from "../or-null";

export const dynamic = "force-dynamic";

export default async function MailPage({ params }: { readonly params: Promise<{ id: string }> }) {
  const { id } = await params;
  const mail = await orNull((await serverApi()).mailbox.read({ id: id.slice(0, 100) }));
  if (!mail) notFound();
  return (
    <Card className="grid gap-5 p-5 sm:p-6">
      <header className="grid gap-1">
        <h2 className="font-semibold text-ink text-lg">{mail.subject}</h2>
        <p className="flex flex-wrap gap-x-3 text-ink-2 text-sm">
          <span className="min-w-0 break-all">To {mail.to}</span>
          <time dateTime={mail.sentAt} className="whitespace-nowrap">
            {mail.sentAt.replace("T", " ").slice(0, 19)} UTC
          </time>
        </p>
      </header>
      <div className="whitespace-pre-wrap wrap-anywhere text-ink text-sm">{withLinks(mail.text)}</div>
      <details className="grid gap-3">
        <summary className="cursor-pointer text-ink-2 text-sm">As HTML</summary>
        {/* A frame without any right: what a mail contains cannot act here. */}
        <iframe
          title="The mail as HTML"
          sandbox=""
          srcDoc={mail.html}
          className="mt-3 h-96 w-full rounded-md border border-line bg-white"
        />
      </details>
    </Card>
  );
}

/** Text with its addresses as links. Splitting by one group puts every address at an odd place. */
function withLinks(text: string) {
  return text.split(/(https?:\/\/\S+)/).map((part, index) =>
    index % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one text never change places
      <a key={index} href={part} className="break-all font-medium underline underline-offset-4">
        {part}
      </a>
    ) : (
      part
    ),
  );
}
