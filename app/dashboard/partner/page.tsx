import type { Metadata } from "next";
import { PartnerScreen } from "./partner-screen";

export const metadata: Metadata = { title: "Partner" };

export default function PartnerPage() {
  return <PartnerScreen />;
}
