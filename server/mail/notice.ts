/** Roles that hear of a notice. */
export const PAYERS = ["owner", "billing"] as const;
export const OWNERS = ["owner"] as const;

export const BILLING_FOOTER = "You get this mail because you may pay for this organization.";

export type Data = Readonly<Record<string, string>>;

interface Words {
  readonly subject: string;
  readonly lines: readonly string[];
  readonly facts?: readonly (readonly [string, string])[];
  readonly action: { readonly label: string; readonly url: string };
  readonly footer: string;
}

export interface Notice {
  readonly roles: readonly ("owner" | "billing")[];
  /** @param billingUrl the billing page of the site; other pages are reached from `appUrl` */
  words(data: Data, at: { readonly appUrl: string; readonly billingUrl: string }): Words;
}
