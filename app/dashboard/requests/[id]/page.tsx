import type { Metadata } from "next";
import { RequestScreen } from "./request-screen";

export const metadata: Metadata = { title: "Request" };

export default async function RequestPage({ params }: { readonly params: Promise<{ readonly id: string }> }) {
  const { id } = await params;
  return <RequestScreen id={id} />;
}
