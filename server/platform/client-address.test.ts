import { expect, it } from "vitest";
import { clientAddress, peerAddress } from "./client-address";

// Harm: a guesser who writes a new address into a header for every guess is never slowed down.
it("believes only the end of the list", () => {
  const sent = new Headers({ "x-forwarded-for": "1.1.1.1, 2.2.2.2, 203.0.113.9", "x-real-ip": "3.3.3.3" });
  expect(clientAddress(sent)).toBe("203.0.113.9");
  expect(clientAddress(sent, 1)).toBe("2.2.2.2");
});

it("has one name for all whose address it does not know", () => {
  expect(clientAddress(new Headers())).toBe("unknown");
  expect(clientAddress(new Headers({ "x-forwarded-for": "203.0.113.9" }), 1)).toBe("unknown");
});

it("tells IPv4 in IPv6 clothes as IPv4", () => {
  expect(clientAddress(new Headers({ "x-forwarded-for": "::ffff:203.0.113.9" }))).toBe("203.0.113.9");
  expect(peerAddress(undefined, "::FFFF:203.0.113.9")).toBe("203.0.113.9");
  expect(peerAddress(undefined, "2001:db8::ffff:1")).toBe("2001:db8::ffff:1");
});
