import { randomBytes } from "node:crypto";
import { StripeRefusal } from "./checks";

export type StripeObject = { id: string; object: string } & Record<string, unknown>;

/** Every object that was made, by id. Prefixes are Stripe's. */
export interface Store {
  readonly livemode: boolean;
  make(prefix: string, object: string, fields: Readonly<Record<string, unknown>>): StripeObject;
  /** @throws StripeRefusal resource_missing */
  get(id: unknown, object: string): StripeObject;
  all(object: string): StripeObject[];
}

export function createStore(livemode: boolean, nowMs: () => number): Store {
  const objects = new Map<string, StripeObject>();
  return {
    livemode,
    make(prefix, object, fields) {
      const id = `${prefix}_${randomBytes(12).toString("hex")}`;
      const made = { id, object, livemode, created: Math.floor(nowMs() / 1_000), ...fields };
      objects.set(id, made);
      return made;
    },
    get(id, object) {
      const found = objects.get(String(id));
      if (found?.object !== object)
        throw new StripeRefusal(404, {
          type: "invalid_request_error",
          code: "resource_missing",
          message: `No such ${object}: '${String(id)}'`,
        });
      return found;
    },
    all: (object) => [...objects.values()].filter((made) => made.object === object),
  };
}

/** Money that moves on the account, as the reports show it. */
export function moveMoney(store: Store, type: string, amount: number): void {
  store.make("txn", "balance_transaction", { type, amount, currency: "usd" });
}

export const listOf = (data: readonly StripeObject[]) => ({ object: "list", data, has_more: false });
