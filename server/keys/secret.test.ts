// Harm prevented: a mistyped or forged key that costs a database look-up, or a secret that can be guessed.
import { describe, expect, it } from "vitest";
import { newId } from "@/server/platform/ids";
import { createSecret, hashSecret, parseSecret } from "./secret";

describe("API key secrets", () => {
  it("carry their key's id and are never the same twice", () => {
    const keyId = newId("apiKey");
    const secrets = new Set(Array.from({ length: 200 }, () => createSecret(keyId)));
    expect(secrets.size).toBe(200);
    for (const secret of secrets) {
      expect(secret).toMatch(/^dtk_[0-9a-z]{26}_[0-9A-Za-z]{49}$/);
      expect(parseSecret(secret)).toEqual({ keyId });
    }
  });

  it("are refused when any one character is another one", () => {
    const secret = createSecret(newId("apiKey"));
    for (let index = 0; index < secret.length; index += 1) {
      const other = secret[index] === "1" ? "2" : "1";
      expect(parseSecret(secret.slice(0, index) + other + secret.slice(index + 1))).toBeNull();
    }
  });

  it("are refused in every other shape", () => {
    const secret = createSecret(newId("apiKey"));
    const hostile = [
      "",
      "dtk_",
      secret.slice(0, -1),
      `${secret}x`,
      `${secret}\n`,
      ` ${secret}`,
      secret.toUpperCase(),
      secret.replace("dtk_", "sk-_"),
      secret.slice(0, -1) + String.fromCharCode(0),
      `${secret.slice(0, -2)}🔑`,
      secret.replace(/[0-9A-Za-z]$/, "é"),
      "dtk_' OR 1=1; DROP TABLE api_key; --".padEnd(80, "-"),
      `dtk_${"8".repeat(26)}_${"0".repeat(49)}`,
      "dtk_".repeat(250_000),
    ];
    for (const text of hostile) expect(parseSecret(text)).toBeNull();
  });

  it("are not made for anything that is not a key id", () => {
    for (const id of ["", "key_", "key_not-an-id", newId("apiKey").slice(0, -1)]) {
      expect(() => createSecret(id)).toThrow(RangeError);
    }
  });

  it("hash to 64 hex characters that depend on every character", () => {
    const secret = createSecret(newId("apiKey"));
    expect(hashSecret(secret)).toMatch(/^[0-9a-f]{64}$/);
    expect(hashSecret(secret)).toBe(hashSecret(secret));
    expect(hashSecret(secret)).not.toBe(hashSecret(createSecret(newId("apiKey"))));
  });
});
