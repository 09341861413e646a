export { type ChosenStore, chooseStore, type StoreSettings } from "./choose-store";
export type { CounterStore, RateFigure, RateFigures } from "./contract";
export { type Admission, createGate, type Gate, type GateVerdict } from "./gate";
export { createMemoryStore } from "./memory-store";
export { drainOutbox } from "./outbox";
export { sweepHolds } from "./sweep-holds";
