/** Stands for every caller whose address is not known; they share one allowance. */
const UNKNOWN_ADDRESS = "unknown";

/**
 * The address of whoever connected to us, from `x-forwarded-for`. Only the end of that list is true: our server, or
 * the platform in front of it, appends the peer it saw; what stands before it was sent by the client.
 * @param trustedProxyHops reverse proxies of our own that append too; each moves the true entry one to the left
 */
export function clientAddress(headers: Headers, trustedProxyHops = 0): string {
  const entries = (headers.get("x-forwarded-for") ?? "").split(",").map((entry) => entry.trim());
  return plain(entries[entries.length - 1 - trustedProxyHops] ?? "") || UNKNOWN_ADDRESS;
}

/**
 * The same for a server that sees the connection itself: the peer is appended to what `x-forwarded-for` says.
 * @param peer address of the socket
 */
export function peerAddress(
  forwardedFor: string | undefined,
  peer: string | undefined,
  trustedProxyHops = 0,
): string {
  const entries = [...(forwardedFor ?? "").split(","), peer ?? ""];
  return plain(entries[entries.length - 1 - trustedProxyHops]?.trim() ?? "") || UNKNOWN_ADDRESS;
}

/** IPv4 in IPv6 clothes (`::ffff:192.0.2.1`), as sockets of both tell it, is told as IPv4: one caller has one name. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, "");
}
