import type { Metadata } from "next";
import { PricesScreen } from "./prices-screen";

export const metadata: Metadata = { title: "Price proposals" };

export default function PricesPage() {
  return <PricesScreen />;
}
