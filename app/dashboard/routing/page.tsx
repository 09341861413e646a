import type { Metadata } from "next";
import { RoutingScreen } from "./routing-screen";

export const metadata: Metadata = { title: "Routing" };

export default function RoutingPage() {
  return <RoutingScreen />;
}
