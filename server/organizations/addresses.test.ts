// Harm prevented: a key that works from an address that nobody allowed.
import { expect, it } from "vitest";
import { isAddressIn, isAddressRange } from "./addresses";

it.each([
  ["192.0.2.7", ["192.0.2.7"], true],
  ["192.0.2.8", ["192.0.2.7"], false],
  ["10.255.0.1", ["192.0.2.7", "10.0.0.0/8"], true],
  ["11.0.0.1", ["10.0.0.0/8"], false],
  ["::ffff:10.0.0.1", ["10.0.0.0/8"], true],
  ["2001:db8::5", ["2001:db8::/32"], true],
  ["2001:db9::5", ["2001:db8::/32"], false],
  ["10.0.0.1", ["::/0"], false],
  ["unknown", ["0.0.0.0/0", "::/0"], false],
  ["", ["0.0.0.0/0"], false],
])("%s in %j: %s", (address, ranges, is) => {
  expect(isAddressIn(address, ranges)).toBe(is);
});

it.each(["10.0.0.0/8", "192.0.2.1", "::1", "2001:db8::/48"])("takes %s", (text) => {
  expect(isAddressRange(text)).toBe(true);
});
it.each(["10.0.0.0/33", "10.1", "167772161", "0x7f.1", "example.com", "", "10.0.0.0/", "::/129", "a/8"])(
  "refuses %s",
  (text) => {
    expect(isAddressRange(text)).toBe(false);
  },
);
