// Harm prevented: a page that calls a forged trail whole.
import { describe, expect, it } from "vitest";
import { type AuditLink, GENESIS_HASH, linkHash } from "@/server/audit/chain";
import { verifyFile } from "./verify-file";

function chainOf(count: number) {
  const links: (AuditLink & { hash: string })[] = [];
  for (let sequence = 1; sequence <= count; sequence += 1) {
    const link: AuditLink = {
      id: `aud_${sequence}`,
      chain: "org_1",
      sequence,
      actorKind: "user",
      actorId: "usr_1",
      actorLabel: "Ada “Ä” <ada@example.com>",
      ip: null,
      action: "key.created",
      targetKind: "key",
      targetId: "key_1",
      targetLabel: "K",
      before: null,
      after: { b: [1, "2", null], a: { nested: true } },
      previousHash: links.at(-1)?.hash ?? GENESIS_HASH,
      createdAt: new Date(1_764_000_000_000 + sequence),
    };
    links.push({ ...link, hash: linkHash(link) });
  }
  return links.map((link) => JSON.stringify(link));
}

const check = (lines: readonly string[]) => verifyFile(new Blob([lines.map((line) => `${line}\n`).join("")]));

describe("a trail that is checked in the browser", () => {
  it("gives the very hashes of the server", async () => {
    const lines = chainOf(4);
    const { hash } = JSON.parse(lines[3] ?? "") as { hash: string };
    expect(await check(lines)).toEqual({ links: 4, headHash: hash, fault: null });
    expect(await check([])).toEqual({ links: 0, headHash: null, fault: null });
  });

  it("names the first line that was changed, taken out, put in or broken", async () => {
    const lines = chainOf(5);
    const change = (at: number, text: (line: string) => string) =>
      lines.map((line, index) => (index === at ? text(line) : line));
    expect((await check(change(2, (line) => line.replace("Ada", "Eve")))).fault).toEqual({
      line: 3,
      reason: "altered",
    });
    expect((await check(lines.filter((_, index) => index !== 1))).fault).toEqual({ line: 2, reason: "gap" });
    expect((await check(change(3, (line) => line.slice(0, -5)))).fault).toEqual({
      line: 4,
      reason: "unreadable",
    });
    expect((await check(change(0, () => "null"))).fault).toEqual({ line: 1, reason: "unreadable" });
    const foreign = chainOf(5).map((line) => line.replaceAll("org_1", "org_2"));
    expect((await check([lines[0] ?? "", ...foreign.slice(1)])).fault?.line).toBe(2);
  });
});
