import { isIP } from "node:net";
import { AppError } from "@/server/platform/errors";
import { isLoopbackAddress } from "@/server/platform/public-address";

const MAX_URL_LENGTH = 2_048;
const PORTS = ["", "443", "8443"];
/** Names that mean something inside a network only (RFC 6761, 6762, 8375, and what clouds and routers use). */
const INSIDE =
  /(^|\.)(localhost|localdomain|local|internal|intranet|private|corp|home|lan|home\.arpa|test|invalid|onion)$/;

export interface AddressRules {
  /** Development: `http:` and any port to this machine. */
  readonly allowsLoopback: boolean;
}

/**
 * An endpoint's URL as it will be called. Judges the text only; where the name leads is judged at every connection.
 * @throws AppError invalid_request, saying which rule it breaks
 */
export function toWebhookUrl(text: string, { allowsLoopback }: AddressRules): string {
  const trimmed = text.trim();
  if (trimmed.length > MAX_URL_LENGTH) throw refused(`is longer than ${MAX_URL_LENGTH} characters`);
  if (/[\s\p{Cc}\\]/u.test(trimmed)) throw refused("contains spaces, backslashes or control characters");
  const url = URL.canParse(trimmed) ? new URL(trimmed) : null;
  if (!url) throw refused("is not a URL; write it whole, as in https://example.com/hooks");
  if (url.username || url.password)
    throw refused("contains a user name or password; the signature says who we are");
  if (trimmed.includes("#")) throw refused("contains a fragment (#…), which would never be sent");
  if (allowsLoopback && isLoopback(url.hostname) && /^https?:$/.test(url.protocol)) return url.href;
  if (url.protocol !== "https:") throw refused("does not begin with https://");
  if (!PORTS.includes(url.port)) throw refused("names a port other than 443 or 8443");
  requirePublicName(url.hostname, trimmed);
  return url.href;
}

function requirePublicName(hostname: string, written: string): void {
  if (isIP(hostname.replace(/^\[|\]$/g, "")) !== 0)
    throw refused("names an IP address; a host name is needed, for its certificate");
  if (hostname.endsWith(".")) throw refused("has a host name with a dot at its end");
  if (/(^|\.)xn--/.test(hostname) || /[^\x20-\x7e]/.test(written))
    throw refused("has letters outside of ASCII or an encoded (xn--) host name");
  if (!hostname.includes(".") || INSIDE.test(hostname))
    throw refused("has a host name that is not of the public internet");
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || isLoopbackAddress(hostname.replace(/^\[|\]$/g, ""));
}

function refused(why: string): AppError {
  return new AppError("invalid_request", { message: `The URL ${why}.`, param: "url" });
}
