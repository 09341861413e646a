/** Names of our cookies. A leaf: proxy.ts and the browser's code may read it. */

/** Browsers send `Secure` cookies over https only, so a site on plain http (a local one) goes without. */
export function usesSecureCookies(appUrl: string): boolean {
  return appUrl.startsWith("https://");
}

/** `__Host-` cookies cannot be set by a sibling sub-domain. */
export const SESSION_COOKIE_NAMES = { secure: "__Host-dti-session", plain: "dti-session" } as const;

export function sessionCookieName(appUrl: string): string {
  return usesSecureCookies(appUrl) ? SESSION_COOKIE_NAMES.secure : SESSION_COOKIE_NAMES.plain;
}

/** Names the browser that signed up, for the day until its link is opened. */
export function signUpCookieName(appUrl: string): string {
  return usesSecureCookies(appUrl) ? "__Host-dti-sign-up" : "dti-sign-up";
}

/** Remembers whose link a visitor came by, until they sign up. */
export function referralCookieName(appUrl: string): string {
  return usesSecureCookies(appUrl) ? "__Host-dti-referral" : "dti-referral";
}

export function parseCookies(header: string): Readonly<Record<string, string | undefined>> {
  const cookies: Record<string, string | undefined> = Object.create(null);
  for (const part of header.split(";")) {
    const at = part.indexOf("=");
    if (at < 1) continue;
    const name = part.slice(0, at).trim();
    // Of two cookies with one name the first counts, as in the parsers around us.
    cookies[name] ??= part.slice(at + 1).trim();
  }
  return cookies;
}
