import type { Metadata } from "next";
import { ServiceAccountsScreen } from "./service-accounts-screen";

export const metadata: Metadata = { title: "Service accounts" };

export default function ServiceAccountsPage() {
  return <ServiceAccountsScreen />;
}
