import type { Metadata } from "next";
import { ImportScreen } from "./import-screen";

export const metadata: Metadata = { title: "Import" };

export default function ImportPage() {
  return <ImportScreen />;
}
