import { createHash } from "node:crypto";
import type { Call } from "./calls";
import { StripeRefusal } from "./checks";
import { parseForm } from "./form";
import { PARAMS } from "./params";
import type { Store, StripeObject } from "./store";

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Carries out calls, each idempotency key once. `text` is the form of the body, or the query. */
export function createApi(store: Store, calls: readonly Call[]) {
  const kept = new Map<string, Answer & { hash: string }>();
  /** The first answer of an idempotency key is its only one; other parameters under the same key are an error. */
  function replayed(key: string, input: string, run: () => { status: number; body: string }) {
    if (key === "") return run();
    const hash = createHash("sha256").update(input).digest("hex");
    const first = kept.get(key);
    if (first && first.hash !== hash)
      throw new StripeRefusal(400, {
        type: "idempotency_error",
        message:
          "Keys for idempotent requests can only be used with the same parameters they were first used with.",
      });
    const result = first ?? { hash, ...run() };
    kept.set(key, result);
    return result;
  }

  function carryOut(method: string, pathname: string, text: string): { status: number; body: string } {
    try {
      for (const call of calls) {
        const match = call.method === method ? call.path.exec(pathname) : null;
        if (!match) continue;
        const params = parseForm(text);
        PARAMS[call.check](params, "");
        return {
          status: 200,
          body: JSON.stringify(expanded(call.run(params, match[1] ?? ""), params.expand)),
        };
      }
    } catch (reason) {
      if (reason instanceof StripeRefusal)
        return { status: reason.status, body: JSON.stringify({ error: reason.body }) };
      throw reason;
    }
    throw new StripeRefusal(404, {
      type: "invalid_request_error",
      message: `Unrecognized request URL (${method}: ${pathname})`,
    });
  }

  function expanded(value: unknown, paths: unknown): unknown {
    const copy = structuredClone(value) as Record<string, unknown>;
    for (const path of Array.isArray(paths) ? paths.map(String) : []) {
      let at = copy;
      for (const name of path.split(".")) {
        const inner = at[name];
        if (typeof inner === "string")
          at[name] = structuredClone(store.all(kindOf(inner)).find(({ id }) => id === inner) ?? inner);
        if (typeof at[name] !== "object" || at[name] === null) break;
        at = at[name] as Record<string, unknown>;
      }
    }
    return copy;
  }

  return (method: string, pathname: string, text: string, key: string): Answer =>
    replayed(key, `${pathname}?${text}`, () => carryOut(method, pathname, text));
}

const KINDS: Readonly<Record<string, string>> = {
  pi: "payment_intent",
  ch: "charge",
  in: "invoice",
  cus: "customer",
  pm: "payment_method",
};

function kindOf(id: StripeObject["id"]): string {
  return KINDS[id.split("_")[0] ?? ""] ?? "";
}
