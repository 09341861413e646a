import Link from "next/link";
import type { ReactNode } from "react";

export function TextLink({ href, children }: { readonly href: string; readonly children: ReactNode }) {
  return (
    <Link href={href} className="font-medium text-ink underline underline-offset-4">
      {children}
    </Link>
  );
}
