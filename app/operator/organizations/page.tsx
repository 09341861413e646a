import type { Metadata } from "next";
import { OrganizationsScreen } from "./organizations-screen";

export const metadata: Metadata = { title: "Organizations" };

export default function OrganizationsPage() {
  return <OrganizationsScreen />;
}
