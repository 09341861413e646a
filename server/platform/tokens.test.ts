import { countTokens as o200k } from "gpt-tokenizer/encoding/o200k_base";
import { describe, expect, it } from "vitest";
import { createTokenCounter } from "./tokens";

const count = createTokenCounter();
const PROSE = "A receipt says what was bought, from whom, when, and for how much. ";

describe("counting tokens", () => {
  it("is exact for text of everyday length", async () => {
    for (const text of ["hello", PROSE, PROSE.repeat(20), "型紙を見る。", "a <|endoftext|> b", "🧾 ok"]) {
      expect(await count(text)).toBe(o200k(text, { disallowedSpecial: new Set() }));
    }
    expect(await count("")).toBe(0);
  });

  it("is never below the exact count, and hardly above it, for long text", async () => {
    for (const text of [
      PROSE.repeat(2_000),
      "x".repeat(2_000),
      " ".repeat(2_000),
      "型".repeat(2_000),
      "🧾".repeat(700),
    ]) {
      const exact = o200k(text);
      const counted = await count(text);
      expect(counted).toBeGreaterThanOrEqual(exact);
      expect(counted).toBeLessThanOrEqual(exact * 1.02 + text.length / 200);
    }
  });

  it("prevents one caller from stopping the process: four megabytes without a space leave turns to others", async () => {
    let turns = 0;
    let isDone = false;
    const others = (async () => {
      while (!isDone) {
        await new Promise((resolve) => setImmediate(resolve));
        turns += 1;
      }
    })();
    expect(await count("x".repeat(4_000_000))).toBeGreaterThan(400_000);
    isDone = true;
    await others;
    expect(turns).toBeGreaterThan(30);
  });
});
