import ipaddr from "ipaddr.js";

/** Is this an IPv4 or IPv6 address, or a range of them in CIDR notation (RFC 4632, RFC 4291)? */
export function isAddressRange(text: string): boolean {
  return toRange(text) !== null;
}

/** Does one of the ranges hold the address? An address that cannot be read is in none. */
export function isAddressIn(address: string, ranges: readonly string[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  // IPv4 in IPv6 clothes is the IPv4 address that the list means.
  const found = ipaddr.process(address);
  return ranges.some((text) => {
    const range = toRange(text);
    return range !== null && range[0].kind() === found.kind() && found.match(range);
  });
}

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number];

function toRange(text: string): Range | null {
  // Four parts: "10.1" and "167772161" are addresses to some programs and mistakes to people.
  const [address = ""] = text.split("/");
  if (!address.includes(":") && !ipaddr.IPv4.isValidFourPartDecimal(address)) return null;
  try {
    if (text.includes("/")) return ipaddr.parseCIDR(text);
    const single = ipaddr.process(text);
    return [single, single.kind() === "ipv4" ? 32 : 128];
  } catch {
    return null;
  }
}
