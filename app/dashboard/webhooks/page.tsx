import type { Metadata } from "next";
import { EVENT_TYPES } from "@/server/events/catalog";
import { WebhooksScreen } from "./webhooks-screen";

export const metadata: Metadata = { title: "Webhooks" };

export default function WebhooksPage() {
  return <WebhooksScreen eventTypes={Object.keys(EVENT_TYPES)} />;
}
