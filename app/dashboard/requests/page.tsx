import type { Metadata } from "next";
import { Suspense } from "react";
import { RequestsScreen } from "./requests-screen";

export const metadata: Metadata = { title: "Requests" };

export default function RequestsPage() {
  return (
    <Suspense>
      <RequestsScreen />
    </Suspense>
  );
}
