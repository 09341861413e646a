import { describe, expect, it } from "vitest";
import { parseObject } from "./fields";

const parse = (text: string) => parseObject(Buffer.from(text));
const nested = (depth: number) => `{"a":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`;

describe("reading a body", () => {
  it("prevents a body from exhausting the stack of whatever walks it", () => {
    expect(() => parse(nested(256))).not.toThrow();
    expect(() => parse(nested(257))).toThrow("nests deeper");
    expect(() => parse("[".repeat(1_000_000))).toThrow("nests deeper");
  });

  it("counts no bracket inside a string, whatever is escaped there", () => {
    const text = "[{".repeat(1_000);
    for (const inner of [text, `${text}\\"${text}`, `${text}\\`, `\\"${text}`]) {
      expect(parse(JSON.stringify({ inner }))).toEqual({ inner });
    }
  });

  it("answers invalid_json to what is no UTF-8, and reads what is", () => {
    expect(parse('{"name":"Zürich \u{1f600}"}')).toEqual({ name: "Zürich \u{1f600}" });
    for (const encoding of ["latin1", "utf16le"] as const)
      expect(() => parseObject(Buffer.from('{"name":"Zürich"}', encoding))).toThrow(
        expect.objectContaining({ code: "invalid_json" }),
      );
  });

  it("answers invalid_json to what is no object", () => {
    for (const text of ["", "[]", "null", '"text', "{", '{"a":1}}'])
      expect(() => parse(text)).toThrow(expect.objectContaining({ code: "invalid_json" }));
  });
});
