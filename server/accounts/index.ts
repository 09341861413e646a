/** A person's whole account: taking it along, and taking it away. */
export { deleteAccount } from "./delete-account";
export { beginExport, type DataExport, dropOldExports, listExports, makeExports, openExport } from "./export";
export { type Farewell, type Obstacle, planFarewell } from "./farewell";
