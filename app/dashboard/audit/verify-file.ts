import { canonicalJson } from "@/server/platform/canonical-json";

/** Everything that a link's hash covers; the names are those of the export. */
const COVERED = [
  "id",
  "chain",
  "sequence",
  "actorKind",
  "actorId",
  "actorLabel",
  "ip",
  "action",
  "targetKind",
  "targetId",
  "targetLabel",
  "before",
  "after",
  "previousHash",
  "createdAt",
] as const;

export interface FileCheck {
  readonly links: number;
  /** To compare with the hash that the product shows: a file that was cut at its end is whole, but ends elsewhere. */
  readonly headHash: string | null;
  /** The first line that is not as it was written, counted from 1. */
  readonly fault: {
    readonly line: number;
    readonly reason: "unreadable" | "gap" | "broken" | "altered";
  } | null;
}

type Link = Readonly<Record<(typeof COVERED)[number] | "hash", unknown>>;

/** Checks an exported trail (NDJSON) in the browser, with nothing but its lines. The file leaves it for nowhere. */
export async function verifyFile(file: Blob): Promise<FileCheck> {
  let hash = "0".repeat(64);
  let links = 0;
  for (const text of (await file.text()).split("\n")) {
    if (text.trim() === "") continue;
    const link = parse(text);
    const reason = link === null ? "unreadable" : await faultOf(link, links, hash);
    if (reason !== null || link === null)
      return {
        links,
        headHash: links === 0 ? null : hash,
        fault: { line: links + 1, reason: reason ?? "unreadable" },
      };
    hash = String(link.hash);
    links += 1;
  }
  return { links, headHash: links === 0 ? null : hash, fault: null };
}

async function faultOf(
  link: Link,
  before: number,
  hash: string,
): Promise<"gap" | "broken" | "altered" | null> {
  if (link.sequence !== before + 1) return "gap";
  if (link.previousHash !== hash) return "broken";
  return (await hashOf(link)) === link.hash ? null : "altered";
}

async function hashOf(link: Link): Promise<string> {
  const covered = Object.fromEntries(COVERED.map((name) => [name, link[name]]));
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(canonicalJson(covered)));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function parse(text: string): Link | null {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && COVERED.every((name) => name in value);
    return isObject ? (value as Link) : null;
  } catch {
    return null;
  }
}
