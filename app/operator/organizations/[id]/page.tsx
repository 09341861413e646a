import type { Metadata } from "next";
import { OrganizationScreen } from "./organization-screen";

export const metadata: Metadata = { title: "Organization" };

export default async function OrganizationPage({ params }: { readonly params: Promise<{ id: string }> }) {
  return <OrganizationScreen organizationId={(await params).id.slice(0, 64)} />;
}
