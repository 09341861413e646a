import { type PriceVersion, readPriceLock } from "@/server/catalog";
import { AppError } from "@/server/platform/errors";
import { isId } from "@/server/platform/ids";
import type { Operation } from "../operation";
import type { Authenticated, GatewayDeps } from "../types";

/** For bodies that cannot carry a field of ours, as forms and other protocols. */
export const PRICE_LOCK_HEADER = "x-deeptoken-price-lock";

/** Prices by endpoint that bind a request; null when it asks for none and the list counts. */
export type LockedPrices = ReadonlyMap<string, PriceVersion> | null;

/** The prices that the request's `price_lock` (or its header) holds. @throws AppError invalid_request */
export async function lockedPrices(
  deps: GatewayDeps,
  { key, request, receivedAtMs }: Authenticated,
  operation: Operation,
): Promise<LockedPrices> {
  const id = operation.body.price_lock ?? request.header(PRICE_LOCK_HEADER) ?? null;
  if (id === null) return null;
  if (typeof id !== "string" || !isId("priceLock", id)) {
    throw new AppError("invalid_request", {
      message: "`price_lock` must be the id of a price lock (lock_…), as `POST quote` answers it.",
      param: "price_lock",
    });
  }
  return readPriceLock(deps.db, { organizationId: key.organizationId, id }, receivedAtMs);
}

interface Priced {
  readonly id: string;
  readonly priceVersion: PriceVersion | null;
}

/** The endpoint at its locked price; null when the lock does not name it. Without a lock the endpoint as it is. */
export function atLockedPrice<Endpoint extends Priced>(
  endpoint: Endpoint,
  locked: LockedPrices,
): Endpoint | null {
  if (locked === null) return endpoint;
  const priceVersion = locked.get(endpoint.id);
  return priceVersion ? { ...endpoint, priceVersion } : null;
}
