"use client";

import { KeyRound } from "lucide-react";
import { usePathname } from "next/navigation";
import { useState } from "react";
import { Button } from "@/app/_ui/button";
import { CopyButton } from "@/app/_ui/copy-button";
import { Link } from "@/app/_ui/link";
import { useDocsKey } from "./docs-key";

const DAY_MS = 86_400_000;
const KEY_DAYS = 7;

interface KeyFillerProps {
  /** Null for visitors. */
  readonly organizationName: string | null;
}

/** Puts a key into every sample of the docs: signed-in readers make one that lives for a week. */
export function KeyFiller({ organizationName }: KeyFillerProps) {
  const pathname = usePathname();
  const { apiKey, setApiKey } = useDocsKey();
  const [isCreating, setCreating] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const create = async () => {
    setCreating(true);
    setProblem(null);
    try {
      setApiKey(await createSampleKey());
    } catch (thrown) {
      setProblem(thrown instanceof Error ? thrown.message : "The key could not be created.");
    } finally {
      setCreating(false);
    }
  };

  return (
    <section aria-label="A key for the samples" className="surface mt-6 hidden gap-2 p-4 text-sm lg:grid">
      {apiKey ? (
        <>
          <p className="flex items-center justify-between gap-2">
            Your key is in the samples.
            <CopyButton value={apiKey} label="Copy the key" />
          </p>
          <p className="text-ink-2">It is shown until you reload the page, and ends in {KEY_DAYS} days.</p>
        </>
      ) : organizationName === null ? (
        <p className="text-ink-2">
          <Link
            href={`/sign-in?next=${encodeURIComponent(pathname)}`}
            className="text-link underline underline-offset-4"
          >
            Sign in
          </Link>{" "}
          to fill a key into the samples.
        </p>
      ) : (
        <>
          <Button
            size="sm"
            variant="secondary"
            loading={isCreating}
            onClick={() => void create()}
            className="justify-self-start"
          >
            <KeyRound aria-hidden="true" className="size-3.5" />
            Fill in a key
          </Button>
          <p className="text-ink-2">
            Makes a key for {organizationName} that ends in {KEY_DAYS} days.
          </p>
        </>
      )}
      <p role="status" className={problem ? "text-negative" : "sr-only"}>
        {problem ?? (apiKey ? "The samples have your key." : "")}
      </p>
    </section>
  );
}

/** The client is loaded when it is needed: most readers make no key here. */
async function createSampleKey(): Promise<string> {
  const { createSessionClient } = await import("@/app/_trpc/session-client");
  const { secret } = await createSessionClient().keys.create.mutate({
    name: "Docs samples",
    expiresAt: new Date(Date.now() + KEY_DAYS * DAY_MS),
  });
  return secret;
}
