export type { UpstreamBody } from "./body-queue";
export { collect, dialectsOf, prepareCall, toRefusal } from "./call";
export { UpstreamFailure } from "./failure";
export { createUpstreamClient, type UpstreamAnswer, type UpstreamClient } from "./http-client";
export { PROFILES, quirksOf } from "./quirks";
