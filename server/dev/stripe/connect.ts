import { StripeRefusal } from "./checks";
import type { FormObject } from "./form";
import type { Emit } from "./payments";
import { moveMoney, type Store, type StripeObject } from "./store";

export interface Connect {
  createAccount(params: FormObject): StripeObject;
  /** The partner has answered everything: money can be sent. */
  completeAccount(account: StripeObject): void;
  /** @throws StripeRefusal for an account that cannot receive money */
  transfer(params: FormObject): StripeObject;
  reverse(transfer: StripeObject, amount?: number): void;
}

/** Accounts of others, and money that is sent to them. */
export function createConnect(store: Store, emit: Emit): Connect {
  return {
    createAccount: (params) =>
      store.make("acct", "account", {
        type: params.type,
        metadata: params.metadata ?? {},
        capabilities: { transfers: "inactive" },
      }),
    completeAccount(account) {
      account.capabilities = { transfers: "active" };
    },
    transfer(params) {
      const account = store.get(params.destination, "account");
      const { transfers } = account.capabilities as { transfers: string };
      if (transfers !== "active")
        throw new StripeRefusal(400, {
          type: "invalid_request_error",
          code: "insufficient_capabilities_for_transfer",
          message: "Your destination account needs to have the transfers capability enabled.",
        });
      if (account.isBeyondOurBalance)
        throw new StripeRefusal(400, {
          type: "invalid_request_error",
          code: "balance_insufficient",
          message: "You have insufficient available funds in your Stripe account.",
        });
      const amount = Number(params.amount);
      moveMoney(store, "transfer", -amount);
      return store.make("tr", "transfer", { metadata: {}, ...params, amount, amount_reversed: 0 });
    },
    reverse(transfer, amount = Number(transfer.amount)) {
      transfer.amount_reversed = Number(transfer.amount_reversed) + amount;
      moveMoney(store, "transfer_refund", amount);
      emit("transfer.reversed", transfer);
    },
  };
}
