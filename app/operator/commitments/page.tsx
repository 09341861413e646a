import type { Metadata } from "next";
import { CommitmentsScreen } from "./commitments-screen";

export const metadata: Metadata = { title: "Commitments" };

export default function CommitmentsPage() {
  return <CommitmentsScreen />;
}
