import { typeidUnboxed } from "typeid-js";

/**
 * The registry of id prefixes. Ids are `prefix_` + UUIDv7 in base32: sortable by time, readable in a log line.
 * A handle and a bearer secret never share a prefix: `key_…` names an API key, `dtk_…` is one.
 */
const ID_PREFIXES = {
  user: "usr",
  emailToken: "emt",
  session: "ses",
  organization: "org",
  member: "mem",
  project: "prj",
  apiKey: "key",
  managementKey: "mgk",
  model: "mdl",
  provider: "prv",
  providerCredential: "crd",
  endpoint: "ep",
  outage: "out",
  priceVersion: "prc",
  priceLock: "lock",
  order: "ord",
  refund: "rfd",
  recharge: "rch",
  commitment: "cmt",
  promotion: "prm",
  redemption: "rdm",
  payout: "pay",
  lease: "lse",
  transfer: "trf",
  jobRun: "job",
  /** A request: its generation id, its intent and its usage record share this one id. */
  generation: "gen",
  request: "req",
  video: "video",
  auditEvent: "aud",
  event: "evt",
  budget: "bud",
  invitation: "inv",
  serviceAccount: "svc",
  webhookEndpoint: "whe",
  webhookDelivery: "whd",
  alert: "alr",
  ticket: "tkt",
  ticketMessage: "msg",
  mail: "mail",
  priceProposal: "ppr",
  dataExport: "dex",
  /** A process, for as long as it runs. */
  instance: "ins",
} as const;

export type IdKind = keyof typeof ID_PREFIXES;

export function newId(kind: IdKind): string {
  return typeidUnboxed(ID_PREFIXES[kind]);
}

/** True when `text` has the shape of an id of this kind; says nothing about whether the thing exists. */
export function isId(kind: IdKind, text: string): boolean {
  const prefix = `${ID_PREFIXES[kind]}_`;
  return text.startsWith(prefix) && /^[0-7][0-9a-hjkmnp-tv-z]{25}$/.test(text.slice(prefix.length));
}

const CLIENT_REQUEST_ID = /^[A-Za-z0-9][\w.:/+=@-]{0,127}$/;

/** The id of a request: its client's `x-request-id`, so that both sides' logs name it alike, or one of ours. It identifies nothing. */
export function requestIdOf(stated: string | undefined): string {
  return stated !== undefined && CLIENT_REQUEST_ID.test(stated) ? stated : newId("request");
}

const LETTERS = "0123456789abcdefghjkmnpqrstvwxyz";
const CLOCK_LETTERS = 10;

/**
 * The least id of a kind that an instant can have: ids sort by their time, so it bounds a span of them. The same as
 * `first_generation_id` in the database.
 */
export function firstId(kind: IdKind, ms: number): string {
  const clock = Array.from(
    { length: CLOCK_LETTERS },
    (_, place) => LETTERS[Math.floor(ms / 32 ** (CLOCK_LETTERS - 1 - place)) % 32],
  ).join("");
  return `${ID_PREFIXES[kind]}_${clock}${"0".repeat(16)}`;
}
