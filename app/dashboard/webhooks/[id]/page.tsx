import type { Metadata } from "next";
import { EVENT_TYPES } from "@/server/events/catalog";
import { EndpointScreen } from "../endpoint-screen";

export const metadata: Metadata = { title: "Webhook endpoint" };

export default async function EndpointPage({
  params,
}: {
  readonly params: Promise<{ readonly id: string }>;
}) {
  const { id } = await params;
  return <EndpointScreen id={id} eventTypes={Object.keys(EVENT_TYPES)} />;
}
