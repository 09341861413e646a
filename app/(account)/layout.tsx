import type { Metadata } from "next";
import Link from "next/link";
import type { ReactNode } from "react";
import { ApiProvider } from "@/app/_trpc/client";
import { Logo } from "@/app/_ui/logo";
import { SkipLink } from "@/app/_ui/skip-link";

export const metadata: Metadata = {
  robots: { index: false, follow: false },
  // Links of mails carry a secret in their query: no other site is told of it.
  referrer: "same-origin",
};

/** One narrow column for everything that happens before there is a session. */
export default function AccountLayout({ children }: { readonly children: ReactNode }) {
  return (
    <div className="flex min-h-dvh flex-col items-center px-4 py-10 sm:py-16">
      <SkipLink />
      <header className="mb-8">
        <Link href="/" aria-label="DeepTokenInference, home" className="block rounded-md py-1">
          <Logo />
        </Link>
      </header>
      <main id="main" tabIndex={-1} className="w-full max-w-md outline-none">
        <ApiProvider>{children}</ApiProvider>
      </main>
    </div>
  );
}
