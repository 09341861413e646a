import type { ServerResponse } from "node:http";
import type { Checkout } from "./checkout";
import type { Controls } from "./controls";
import type { Store, StripeObject } from "./store";

interface Parts {
  readonly store: Store;
  readonly checkout: Checkout;
  readonly controls: Controls;
}

/** The pages that people see at Stripe: checkout, portal, invoice, an account to be paid to. Plain forms. @returns false for any other path */
export function showPage(
  parts: Parts,
  method: string,
  pathname: string,
  body: string,
  res: ServerResponse,
): boolean {
  const [, kind, inner, id = inner] = /^\/(c|p|i|a)\/([^/]+)(?:\/([^/]+))?$/.exec(pathname) ?? [];
  if (kind === "c") showCheckout(parts, method, parts.store.get(id, "checkout.session"), body, res);
  else if (kind === "p") show(res, "Customer portal", `<p>${escapeHtml(String(id))}</p>`);
  else if (kind === "a") {
    if (method === "POST") parts.controls.completeAccount(String(id));
    show(
      res,
      "Account",
      method === "POST"
        ? "<p>Complete. You can go back now.</p>"
        : '<form method="post"><button>Complete the account</button></form>',
    );
  } else if (kind === "i") {
    if (method === "POST") parts.controls.payInvoice(String(id));
    showInvoice(parts.store.get(id, "invoice"), res);
  } else return false;
  return true;
}

function showCheckout(
  { checkout }: Parts,
  method: string,
  session: StripeObject,
  body: string,
  res: ServerResponse,
) {
  const action = method === "POST" ? new URLSearchParams(body).get("action") : null;
  if (action === "cancel") return redirect(res, String(session.cancel_url));
  if (action === "pay") checkout.pay(session);
  if (action === "pay" && session.status === "complete") return redirect(res, String(session.success_url));
  if (action === "decline") checkout.decline(session);
  if (session.status !== "open")
    return show(res, "Checkout", `<p>This checkout is ${escapeHtml(String(session.status))}.</p>`);
  const dollars = (Number(session.amount_total) / 100).toFixed(2);
  show(
    res,
    "Checkout",
    `${action === "decline" ? '<p role="alert">Your card was declined.</p>' : ""}<p>$${dollars}</p>
    <form method="post"><button name="action" value="pay">Pay $${dollars}</button>
    <button name="action" value="decline">Pay with a card that is declined</button>
    <button name="action" value="cancel">Back</button></form>`,
  );
}

function showInvoice(invoice: StripeObject, res: ServerResponse): void {
  const dollars = (Number(invoice.total) / 100).toFixed(2);
  const pay = invoice.status === "open" ? `<form method="post"><button>Pay $${dollars}</button></form>` : "";
  show(res, "Invoice", `<p>$${dollars}, ${escapeHtml(String(invoice.status))}</p>${pay}`);
}

function show(res: ServerResponse, title: string, inner: string): void {
  res
    .writeHead(200, { "content-type": "text/html; charset=utf-8" })
    .end(
      `<!doctype html><html lang="en"><head><meta name="viewport" content="width=device-width"><title>${title}</title></head><body><main><h1>${title} (local, no real money)</h1>${inner}</main></body></html>`,
    );
}

function redirect(res: ServerResponse, to: string): void {
  res.writeHead(303, { location: to }).end();
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
