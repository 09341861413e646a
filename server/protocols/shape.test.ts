import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DIALECT_NAMES, type InboundDialect, type OutboundDialect, TRAITS } from "./model";

interface Exports {
  readonly inbound?: InboundDialect;
  readonly outbound?: OutboundDialect;
}

const folders = readdirSync("server/protocols", { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && (DIALECT_NAMES as readonly string[]).includes(entry.name))
  .map((entry) => entry.name);

describe.each(folders)("the dialect %s", async (folder) => {
  const { inbound, outbound }: Exports = await import(`./${folder}/index.ts`);

  it("exports its sides as `inbound` and `outbound`, under its folder's name", () => {
    const sides = [inbound, outbound].filter((side) => side !== undefined);
    expect(sides.length).toBeGreaterThan(0);
    for (const side of sides) expect(side.name).toBe(folder);
  });

  it("has its rules and its usage where every dialect has them", () => {
    const files = readdirSync(`server/protocols/${folder}`);
    expect(files).toEqual(expect.arrayContaining(["index.ts", "carries.ts", "usage.ts"]));
    expect(files.some((file) => file.endsWith(".test.ts"))).toBe(true);
  });

  it("prevents a silent loss: every trait has a rule, and every rule that takes something away says why", () => {
    if (outbound) expect(Object.keys(outbound.carries).sort()).toEqual([...TRAITS].sort());
    for (const rule of [
      ...Object.values(outbound?.carries ?? {}),
      ...Object.values(inbound?.carries ?? {}),
    ]) {
      const why = "dropped" in rule ? rule.dropped : "refused" in rule ? rule.refused : null;
      if (why !== null) expect(why.length).toBeGreaterThan(10);
    }
  });
});
