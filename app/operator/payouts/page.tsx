import type { Metadata } from "next";
import { PayoutsScreen } from "./payouts-screen";

export const metadata: Metadata = { title: "Payouts" };

export default function PayoutsPage() {
  return <PayoutsScreen />;
}
