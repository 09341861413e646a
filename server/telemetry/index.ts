export { createMetrics, type Metrics } from "./metrics";
export { watchGate } from "./watch-gate";
export { watchGateway } from "./watch-gateway";
