// Harm prevented: a provider's API key sent in clear over a network, or to a host that the operator did not mean.
import { describe, expect, it } from "vitest";
import { parseBaseUrl } from "./base-url";

describe("parseBaseUrl", () => {
  it.each([
    ["https://api.example.com/v1", "https://api.example.com/v1"],
    ["https://api.example.com/v1//", "https://api.example.com/v1"],
    ["https://api.example.com", "https://api.example.com"],
    ["http://localhost:4010/v1/", "http://localhost:4010/v1"],
    ["http://127.0.0.1:4010/v1", "http://127.0.0.1:4010/v1"],
    ["http://[::1]:4010/v1", "http://[::1]:4010/v1"],
  ])("takes %s", (text, expected) => expect(parseBaseUrl(text)).toBe(expected));

  it.each([
    "",
    "api.example.com/v1",
    "ftp://api.example.com",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "http://api.example.com/v1",
    "http://127.0.0.1.evil.example/v1",
    "http://localhost.evil.example/v1",
    "https://user:secret@api.example.com/v1",
    "https://api.openai.com@evil.example/v1",
    "https://api.example.com/v1?key=1",
    "https://api.example.com/v1#",
    "https://api.example.com/v1?",
  ])("refuses %s", (text) => {
    expect(() => parseBaseUrl(text)).toThrow(expect.objectContaining({ code: "invalid_request" }));
  });
});
