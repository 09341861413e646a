import type { Gate } from "@/server/admission";
import type { Catalog } from "@/server/catalog";
import type { FindKey, KeyContext } from "@/server/keys";
import type { Charge, Ending, Intents, Receipts, StatementRunner } from "@/server/ledger";
import type { KeyAccess, ReadKeyAccess } from "@/server/organizations";
import type { Clock } from "@/server/platform/clock";
import type { Database } from "@/server/platform/database";
import type { GuardedClient } from "@/server/platform/guarded-client";
import type { Log } from "@/server/platform/log";
import type { CountTokens } from "@/server/platform/tokens";
import type { UpstreamClient } from "@/server/providers";
import type { RoutingMemory } from "@/server/routing";
import type { ContentAddresses } from "./contents/addresses";
import type { Patience } from "./stages/patience";

/** A request in plain types: the gateway knows neither Next nor Node's server. */
export interface GatewayRequest {
  readonly method: string;
  /** Path below the base URL, still percent-encoded: `/chat/completions`. */
  readonly path: string;
  readonly base: "/v1" | "/api/v1";
  readonly query: URLSearchParams;
  /** A header by its lower-case name; null when it came more than once and may not. */
  header(name: string): string | undefined;
  /** The whole body. @throws AppError request_too_large, client_closed_request */
  readBody(): Promise<Uint8Array>;
  /** Address of the client as far as we can tell; `unknown` is in no list. */
  readonly clientAddress: string;
  /**
   * The key to act as, named by our own server for a signed-in person whose right it has checked; no secret is presented
   * then. Adapters never take it from what a client sent.
   */
  readonly actingKeyId?: string;
  /** Aborted when the client goes away, or by `abort`. One for both: each costs as much as the rest of a request's set-up. */
  readonly signal: AbortSignal;
  /** Ends what is done for the request elsewhere: its time is up, or nobody reads on. */
  abort(reason?: unknown): void;
  /** Keeps the process alive for work after the answer. Correctness must not need it. */
  waitUntil(work: Promise<unknown>): void;
}

export interface GatewayResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Bytes at once, or as they come. An iterable that is not read to its end must be returned. */
  readonly body: Uint8Array | AsyncIterable<Uint8Array> | null;
}

export interface GatewayDeps {
  readonly catalog: Pick<Catalog, "current">;
  readonly findKey: FindKey;
  /** Addresses and logging that a key's organization has decided on. */
  readonly accessOf: ReadKeyAccess;
  readonly gate: Gate;
  readonly intents: Pick<Intents, "checkpoint" | "correct">;
  readonly upstream: UpstreamClient;
  /** The guarded way to addresses that providers name. */
  readonly guarded: Pick<GuardedClient, "open">;
  /** Our own addresses for theirs. */
  readonly contents: ContentAddresses;
  readonly countTokens: CountTokens;
  readonly clock: Clock;
  readonly log: Log;
  readonly db: Database;
  readonly pool: StatementRunner;
  readonly receipts: Receipts;
  /** What routing knows in this process. */
  readonly routing: Omit<RoutingMemory, "tick" | "windows">;
  readonly limits: GatewayLimits;
  /** Where a person tops up, for 402 answers. */
  readonly topUpUrl: string;
  readonly docsUrl: string;
}

/** Durations in milliseconds. */
export interface GatewayLimits {
  /** Reverse proxies in front that append to `x-forwarded-for`. */
  readonly trustedProxyHops?: number;
  /** A request may run this long; holds live a minute longer. */
  readonly maxDurationMs: number;
  readonly maxBodyBytes: number;
}

/** What every later stage knows about a request: who pays, and when it came. */
export interface Authenticated {
  /** For waiting until our own stores answer. */
  readonly patience: Patience;
  readonly request: GatewayRequest;
  readonly requestId: string;
  readonly receivedAtMs: number;
  readonly key: KeyContext;
  readonly access: KeyAccess;
  /** Told the request's id once its money is held and before a provider is called. */
  readonly onAdmitted?: (generationId: string) => Promise<void>;
}

export type { Charge, Ending };
