import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { NuqsAdapter } from "nuqs/adapters/next/app";
import type { ReactNode } from "react";
import { ApiProvider } from "@/app/_trpc/client";
import { sessionActor, signInPath } from "@/app/_trpc/server";
import { ActorProvider } from "./_parts/actor";
import { Frame } from "./_parts/frame";

export const metadata: Metadata = {
  title: { default: "Dashboard", template: "%s · DeepTokenInference" },
  robots: { index: false },
};

export default async function DashboardLayout({ children }: { readonly children: ReactNode }) {
  const actor = await sessionActor();
  if (!actor) redirect(await signInPath("/dashboard"));
  const { name, email, role, organizationId, organizationName, mustSetUpTwoFactor, isOperator } = actor;
  const shown = { name, email, role, organizationId, organizationName, mustSetUpTwoFactor, isOperator };
  return (
    <ApiProvider organizationId={organizationId}>
      <NuqsAdapter>
        <ActorProvider actor={shown}>
          <Frame>{children}</Frame>
        </ActorProvider>
      </NuqsAdapter>
    </ApiProvider>
  );
}
