import type { Metadata } from "next";
import { BudgetsScreen } from "./budgets-screen";

export const metadata: Metadata = { title: "Budgets & alerts" };

export default function BudgetsPage() {
  return <BudgetsScreen />;
}
