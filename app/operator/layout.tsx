import type { Metadata } from "next";
import { notFound, redirect } from "next/navigation";
import { NuqsAdapter } from "nuqs/adapters/next/app";
import type { ReactNode } from "react";
import { ApiProvider } from "@/app/_trpc/client";
import { sessionActor, signInPath } from "@/app/_trpc/server";
import { OperatorFrame } from "./_parts/frame";

export const metadata: Metadata = {
  title: { default: "Operator", template: "%s · Operator" },
  robots: { index: false },
};

/**
 * Who is no operator finds nothing here. This decides what is drawn and nothing else: every procedure judges its caller
 * itself.
 */
export default async function OperatorLayout({ children }: { readonly children: ReactNode }) {
  const actor = await sessionActor();
  if (!actor) redirect(await signInPath("/operator"));
  if (!actor.isOperator) notFound();
  const { name, email, hasTwoFactor } = actor;
  return (
    <ApiProvider>
      <NuqsAdapter>
        <OperatorFrame user={{ name, email }} hasTwoFactor={hasTwoFactor}>
          {children}
        </OperatorFrame>
      </NuqsAdapter>
    </ApiProvider>
  );
}
