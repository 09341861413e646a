import type { Metadata } from "next";
import { EndpointScreen } from "./endpoint-screen";

export const metadata: Metadata = { title: "Endpoint" };

export default async function EndpointPage({ params }: { readonly params: Promise<{ endpoint: string }> }) {
  return <EndpointScreen endpointId={(await params).endpoint.slice(0, 64)} />;
}
