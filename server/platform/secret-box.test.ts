// Harm prevented: a provider's API key readable from a database dump, or swapped in it without notice.
import { describe, expect, it } from "vitest";
import { createSecretBox } from "./secret-box";

const box = createSecretBox("a secret of enough length");

describe("secret box", () => {
  it("opens what it sealed, and never seals the same way twice", () => {
    for (const text of ["", "sk-live-123", "ключ 🔑"]) expect(box.open(box.seal(text))).toBe(text);
    expect(box.seal("same")).not.toBe(box.seal("same"));
    expect(box.seal("sk-live-123")).not.toContain("sk-live");
  });

  it("refuses any changed byte", () => {
    const sealed = box.seal("sk-live-123");
    const bytes = Buffer.from(sealed.slice(3), "base64url");
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(() => box.open(`v1.${changed.toString("base64url")}`)).toThrow("cannot be read");
    }
  });

  it("refuses another secret, another version and what is no sealed text", () => {
    const sealed = box.seal("sk-live-123");
    expect(() => createSecretBox("another secret, as long").open(sealed)).toThrow("cannot be read");
    for (const text of ["", "v1.", "v1", "v1.AAAA", `v2${sealed.slice(2)}`, `${sealed}.x`, "sk-live-123"]) {
      expect(() => box.open(text)).toThrow("cannot be read");
    }
  });

  it("refuses a secret too short to derive a key from", () => {
    expect(() => createSecretBox("short")).toThrow(RangeError);
  });
});
