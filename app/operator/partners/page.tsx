import type { Metadata } from "next";
import { PartnersScreen } from "./partners-screen";

export const metadata: Metadata = { title: "Partners" };

export default function PartnersPage() {
  return <PartnersScreen />;
}
