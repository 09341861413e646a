import { readActor } from "@/server/auth";
import type { Actor } from "@/server/organizations";
import { clientAddress } from "@/server/platform/client-address";
import { newId } from "@/server/platform/ids";
import type { TrpcServices } from "./services";

/** Gives a page no reach: it is its own check that it acts for the organization that it shows. */
export const NAMED_ORGANIZATION = "x-deeptoken-org";

/** Where a call comes from: the browser over HTTP, or one of our own pages while it is drawn. */
export interface TrpcCall {
  readonly headers: Headers;
  /** Response headers to write to; a page that is being drawn has none, and mutations are not for it. */
  readonly responseHeaders: Headers | null;
  /** Runs work after the answer has been sent. */
  readonly defer: (work: () => Promise<void>) => void;
}

export interface TrpcContext extends TrpcCall {
  readonly services: TrpcServices;
  /** The signed-in person and the organization they act for; null without a valid session. */
  readonly actor: Actor | null;
  readonly requestId: string;
  /** Address of the client, for throttling only. */
  readonly ip: string;
  /** Does the call come from a page of our own, as far as its `Origin` can tell? Mutations need it. */
  readonly isOwnOrigin: boolean;
  /** The organization that the page which calls was drawn for, where it says so. */
  readonly namedOrganizationId: string | null;
}

export async function createContext(services: TrpcServices, call: TrpcCall): Promise<TrpcContext> {
  return {
    ...call,
    services,
    actor: await readActor(services, call.headers),
    requestId: newId("request"),
    ip: clientAddress(call.headers, services.trustedProxyHops),
    isOwnOrigin: call.headers.get("origin") === new URL(services.appUrl).origin,
    namedOrganizationId: call.headers.get(NAMED_ORGANIZATION),
  };
}
