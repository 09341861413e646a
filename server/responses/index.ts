/** Answers of the Responses API that are kept for their client, so that a later request can go on from them. */
export { deleteExpiredResponses } from "./expire";
export { readHistory } from "./history";
export { type KeptResponse, keepResponse } from "./keep";
export { deleteResponse, listInputItems, readResponse } from "./read";
export type { Item, ResponseScope } from "./types";
