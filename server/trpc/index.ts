/** The website's procedures: parse, authorise, call a noun, answer. */
export { answerTrpc } from "./answer";
export { createContext, type TrpcCall, type TrpcContext } from "./context";
export { answerAccountDownload, answerAuditDownload, answerRequestsDownload } from "./downloads";
export type { FieldError, PublicError } from "./error";
export { answerPlayground } from "./playground";
export { type AppRouter, createCaller } from "./root";
export type { CompanyFacts, Infrastructure, TrpcServices } from "./services";
export { answerUsageDownload } from "./usage-download";
