import type { Metadata } from "next";
import { TicketScreen } from "./ticket-screen";

export const metadata: Metadata = { title: "Ticket" };

export default async function TicketPage({ params }: { readonly params: Promise<{ id: string }> }) {
  return <TicketScreen ticketId={(await params).id.slice(0, 64)} />;
}
