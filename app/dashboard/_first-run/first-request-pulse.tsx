import Link from "next/link";

/** Waits with the reader for the first request, and says when it has come. */
export function FirstRequestPulse({ requestId }: { readonly requestId: string | null }) {
  return (
    <p role="status" className="flex min-h-6 items-center gap-3">
      {requestId === null ? (
        <>
          <span aria-hidden="true" className="relative flex size-2.5">
            <span className="absolute inset-0 rounded-full bg-accent opacity-60 motion-safe:animate-ping" />
            <span className="size-2.5 rounded-full bg-accent" />
          </span>
          <span className="text-ink-2">Waiting for your first request</span>
        </>
      ) : (
        <>
          <span aria-hidden="true" className="size-2.5 rounded-full bg-positive" />
          <span>
            First request received.{" "}
            <Link href={`/dashboard/requests/${requestId}`} className="underline underline-offset-4">
              See what it cost
            </Link>
          </span>
        </>
      )}
    </p>
  );
}
