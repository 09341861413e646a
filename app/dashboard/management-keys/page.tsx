import type { Metadata } from "next";
import { ManagementKeysScreen } from "./management-keys-screen";

export const metadata: Metadata = { title: "Management keys" };

export default function ManagementKeysPage() {
  return <ManagementKeysScreen />;
}
