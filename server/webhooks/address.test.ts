// Harm prevented: an endpoint that can be saved and leads into our network, or that can never be verified by its certificate.
import { describe, expect, it } from "vitest";
import { toWebhookUrl } from "./address";

const STRICT = { allowsLoopback: false };
const REFUSED: readonly (readonly [string, RegExp])[] = [
  ["http://example.com/hooks", /https/],
  ["ftp://example.com/", /https/],
  ["file:///etc/passwd", /https/],
  ["javascript:alert(1)", /https/],
  ["example.com/hooks", /not a URL/],
  ["", /not a URL/],
  ["https://user:pass@example.com/", /user name/],
  ["https://user@example.com/", /user name/],
  ["https://example.com:22/", /port/],
  ["https://example.com:80/", /port/],
  ["https://93.184.216.34/", /IP address/],
  ["https://127.0.0.1/", /IP address/],
  ["https://0x7f.1/", /IP address/],
  ["https://2130706433/", /IP address/],
  ["https://[::]/", /IP address/],
  ["https://[::1]/", /IP address/],
  ["https://[fd00::1]/", /IP address/],
  ["https://[64:ff9b::a00:1]/", /IP address/],
  ["https://[::ffff:10.0.0.1]/", /IP address/],
  ["https://100.64.0.1/", /IP address/],
  ["https://169.254.169.254/latest/meta-data", /IP address/],
  ["https://example.com./", /dot at its end/],
  ["https://xn--bcher-kva.example.com/", /xn--/],
  ["https://bücher.example.com/", /ASCII/],
  ["https://ｅxample.com/", /ASCII/],
  ["https://localhost/", /public internet/],
  ["https://metadata/", /public internet/],
  ["https://metadata.google.internal/", /public internet/],
  ["https://printer.local/", /public internet/],
  ["https://router.home.arpa/", /public internet/],
  ["https://example.com/#part", /fragment/],
  ["https://example.com\\@evil.example/", /backslashes/],
  ["https://exa\nmple.com/", /control/],
  [`https://example.com/${"a".repeat(10_240)}`, /longer/],
];

describe("a webhook URL", () => {
  it.each(REFUSED)("%s is refused", (text, why) => {
    expect(() => toWebhookUrl(text, STRICT)).toThrow(why);
  });

  it.each([
    "https://example.com/hooks?team=1",
    "https://hooks.example.co.uk:8443/",
    "  https://example.com  ",
  ])("%s is taken", (text) => expect(toWebhookUrl(text, STRICT)).toMatch(/^https:\/\/\S+$/));

  it("may lead to this machine, and to no other, where development says so", () => {
    const open = { allowsLoopback: true };
    expect(toWebhookUrl("http://localhost:4000/", open)).toBe("http://localhost:4000/");
    expect(toWebhookUrl("http://127.0.0.1:4000/", open)).toBe("http://127.0.0.1:4000/");
    for (const url of ["http://10.0.0.1/", "http://example.com/", "https://[fe80::1]/"])
      expect(() => toWebhookUrl(url, open)).toThrow();
  });
});
