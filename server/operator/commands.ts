import type { ParseArgsConfig } from "node:util";
import { bootstrap } from "./bootstrap";
import {
  catalogImport,
  credentialAdd,
  credentialDisable,
  endpointAdd,
  modelAdd,
  providerAdd,
} from "./catalog";
import { commitmentCancel, commitmentList, commitmentQuote } from "./commitments";
import type { OperatorConsole } from "./console";
import { healthDrain, healthForce, healthList } from "./health";
import { grant, keyCreate } from "./money";
import { orderApprove, orderReject, refund } from "./orders";
import { partnerChange, payoutApprove, payoutFail, payoutList, payoutPay } from "./payouts";
import { promotionCreate, promotionEnd, promotionList } from "./promotions";
import { exportCommand, invoiceAdd, jobs, reconcile } from "./proofs";
import { databaseGrant, migrate, verify } from "./upkeep";

export interface Command {
  readonly usage: string;
  readonly summary: string;
  readonly options: NonNullable<ParseArgsConfig["options"]>;
  /** The command's work when its options make it one without a database; null when it needs one. */
  withoutDatabase?(values: OptionValues): Promise<Readonly<Record<string, unknown>>> | null;
  run(console: OperatorConsole, values: OptionValues): Promise<Readonly<Record<string, unknown>>>;
}

export type OptionValues = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

export const commands: Readonly<Record<string, Command>> = {
  migrate,
  "database grant": databaseGrant,
  bootstrap,
  grant,
  "order approve": orderApprove,
  "order reject": orderReject,
  refund,
  "commitment quote": commitmentQuote,
  "commitment list": commitmentList,
  "commitment cancel": commitmentCancel,
  "promotion create": promotionCreate,
  "promotion list": promotionList,
  "promotion end": promotionEnd,
  "partner change": partnerChange,
  "payout list": payoutList,
  "payout approve": payoutApprove,
  "payout pay": payoutPay,
  "payout fail": payoutFail,
  "key create": keyCreate,
  "catalog import": catalogImport,
  "catalog provider add": providerAdd,
  "catalog provider credential add": credentialAdd,
  "catalog provider credential disable": credentialDisable,
  "catalog model add": modelAdd,
  "catalog endpoint add": endpointAdd,
  "health list": healthList,
  "health force": healthForce,
  "health drain": healthDrain,
  verify,
  export: exportCommand,
  "invoice add": invoiceAdd,
  reconcile,
  jobs,
};
