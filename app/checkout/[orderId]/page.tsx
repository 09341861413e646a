import type { Metadata } from "next";
import { notFound, redirect } from "next/navigation";
import { ApiProvider } from "@/app/_trpc/client";
import { serverApi, sessionActor } from "@/app/_trpc/server";
import { CheckoutScreen } from "./checkout-screen";

export const metadata: Metadata = { title: "Sandbox payment", robots: { index: false } };

export default async function CheckoutPage({
  params,
}: {
  readonly params: Promise<{ readonly orderId: string }>;
}) {
  const { orderId } = await params;
  if (!(await sessionActor())) redirect(`/sign-in?next=${encodeURIComponent(`/checkout/${orderId}`)}`);
  const { sandboxPayments } = await (await serverApi()).billing.packs();
  if (!sandboxPayments) notFound();
  return (
    <ApiProvider>
      <CheckoutScreen orderId={orderId} />
    </ApiProvider>
  );
}
