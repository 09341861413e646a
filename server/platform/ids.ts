import { randomFillSync } from "node:crypto";
import { v7 } from "uuid";
import { systemClock } from "./clock";

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

const LETTERS = "0123456789abcdefghjkmnpqrstvwxyz";
const CLOCK_LETTERS = 10;
/** Ten bits each. */
const PAIRS = Array.from({ length: 1_024 }, (_, bits) => `${LETTERS[bits >> 5]}${LETTERS[bits & 31]}`);

const UUID_BYTES = 16;
const bytes = new Uint8Array(UUID_BYTES);
/** Random bytes for many ids: asked of the system one by one they cost more than the rest of an id. */
const pool = Buffer.alloc(256 * UUID_BYTES);
let poolAt = pool.length;
/** A clock that goes back further than this was wrong before. */
const CLOCK_FIXED_MS = 10_000;
/** The last id's millisecond, and its place within it. */
let lastMs = 0;
let place = 0;

/** A new id. Those of one process come in order, also within a millisecond, and when the clock goes back a little. */
export function newId(kind: IdKind): string {
  if (poolAt === pool.length) {
    randomFillSync(pool);
    poolAt = 0;
  }
  const random = pool.subarray(poolAt, poolAt + UUID_BYTES);
  poolAt += UUID_BYTES;
  const nowMs = systemClock.nowMs();
  if (nowMs > lastMs || nowMs < lastMs - CLOCK_FIXED_MS) {
    lastMs = nowMs;
    // Somewhere in the lower half of 32 bits: there is room above it.
    place = random.readUInt32BE() >>> 1;
  } else place += 1;
  v7({ random, msecs: lastMs, seq: place }, bytes);
  let text = `${ID_PREFIXES[kind]}_`;
  // 26 letters of five bits for 128: the first two bits are none of them.
  let rest = 0;
  let bits = 2;
  for (const byte of bytes) {
    rest = (rest << 8) | byte;
    bits += 8;
    if (bits < 10) continue;
    bits -= 10;
    text += PAIRS[rest >> bits];
    rest &= (1 << bits) - 1;
  }
  return text;
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
