import { OverviewScreen } from "./overview-screen";

export default function OperatorPage() {
  return <OverviewScreen />;
}
