import type { CatalogProvider, ProviderCredential } from "@/server/catalog";
import type { DialectName } from "@/server/protocols/model";

/** A call as a dialect wrote it: where below the base URL, with which headers, with what. */
export interface PlainCall {
  /** Below the provider's base URL, with a query if the dialect has one. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** A call that only lacks its credential. */
export interface UnsignedCall {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** A call with its credential in place. */
export interface PreparedCall extends UnsignedCall {
  readonly credential: ProviderCredential | null;
}

/** What of a provider's error body may be shown, and which field of the request it blames. */
export interface ErrorReading {
  readonly message: string | null;
  readonly param: string | null;
  readonly retryAfterMs?: number;
}

/**
 * A family of providers that are called the same way. One folder each: `url.ts`, `authorize.ts`, `errors.ts`, and an
 * `index.ts` that exports them as `kind`. What differs inside a family is data, in `quirks.ts`.
 */
export interface ProviderKind {
  readonly name: CatalogProvider["kind"];
  /** The wires it speaks, its own first: conversations of another protocol are translated to that one. */
  readonly dialects: readonly DialectName[];
  toUrl(provider: CatalogProvider, path: string): URL;
  /** Headers that prove who we are. A null credential: the provider needs none. */
  authorize(
    provider: CatalogProvider,
    call: UnsignedCall,
    credential: string | null,
  ): Record<string, string> | Promise<Record<string, string>>;
  /** True when a refusal that looks like the request's fault is about our account with the provider. */
  isOurAccount(status: number, error: ErrorReading): boolean;
}
