export { type BalanceReading, type Credit, creditBalance, readBalance, readCredits } from "./balance";
export {
  type Charge,
  createIntents,
  type Ending,
  type FinishVerdict,
  type IntentFinish,
  type IntentStart,
  type Intents,
  type Outcome,
  type StartVerdict,
  type UsageBasis,
  type UsageFlag,
} from "./intents";
export { INVARIANTS } from "./invariants";
export {
  type CounterKnowledge,
  type Lendable,
  type Rotation,
  readIntentEnds,
  readLimitsState,
  rotateLease,
} from "./leases";
export type {
  Cap,
  CapScope,
  LimitsState,
  LiveHold,
  LiveKey,
  RateLimits,
  RateRefusal,
  RateUse,
} from "./limits";
export { type Debit, type DebitVerdict, debitBalance, moveOutside, type OutsideAccount } from "./money-out";
export { checkBlocks } from "./proofs/check-blocks";
export { exportRecords } from "./proofs/export";
export { type Buckets, readCorrections } from "./proofs/receipt-document";
export { createReceipts, type PublishedKey, type Receipts, type SignedReceipt } from "./proofs/receipts";
export { type SealResult, sealBlocks } from "./proofs/seal";
export type { PublicJwk } from "./proofs/signature";
export { createSigner, type Signer } from "./proofs/signer";
export { type ExportCheck, type ExportProblem, verifyExport } from "./proofs/verify-export";
export {
  type BalanceTransaction,
  enterInvoice,
  type PaymentDay,
  type ProviderInvoice,
  type ProviderLine,
  reconcilePayments,
  reconcileProviders,
} from "./reconcile";
export type { StatementRunner } from "./statement";
export { type AdmissionSteps, createAdmissionSteps } from "./steps";
export type { CapFigures, StrictStart, StrictVerdict } from "./strict";
export { checkInvariants, type SweepResult, sweep, type Violation } from "./sweep";
