import { BlockList, isIP, isIPv4 } from "node:net";

/**
 * IPv4 that is not the public internet: this host, private, shared (RFC 6598), loopback, link-local with the metadata
 * service, protocol assignments, documentation, 6to4 relays, benchmarking, multicast, reserved; and Azure's wire server.
 */
const SPECIAL_IPV4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "168.63.129.16/32",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
];
/** Inside of global unicast, but leading elsewhere: protocol assignments with Teredo, documentation, 6to4. */
const SPECIAL_IPV6 = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];

const special = new BlockList();
for (const subnet of SPECIAL_IPV4) addSubnet(special, subnet, "ipv4");
for (const subnet of SPECIAL_IPV6) addSubnet(special, subnet, "ipv6");
/** Everything of IPv6 that is routed: loopback, mapped IPv4, NAT64, unique local and link-local lie outside. */
const globalUnicast = new BlockList();
addSubnet(globalUnicast, "2000::/3", "ipv6");
const loopback = new BlockList();
addSubnet(loopback, "127.0.0.0/8", "ipv4");
addSubnet(loopback, "::1/128", "ipv6");

/** May our network be asked to connect there on behalf of a customer? False for whatever is not an address. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false;
  if (isIPv4(address)) return !special.check(address, "ipv4");
  return globalUnicast.check(address, "ipv6") && !special.check(address, "ipv6");
}

export function isLoopbackAddress(address: string): boolean {
  return isIP(address) !== 0 && loopback.check(address, isIPv4(address) ? "ipv4" : "ipv6");
}

function addSubnet(list: BlockList, subnet: string, family: "ipv4" | "ipv6"): void {
  const [address = "", bits = ""] = subnet.split("/");
  list.addSubnet(address, Number(bits), family);
}
