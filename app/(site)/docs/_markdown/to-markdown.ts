import { VERIFY_RECEIPT } from "../receipts/sample";
import { MARKDOWN_COMPONENTS } from "./components";

/** Code that a page names instead of containing it. */
const NAMED_CODE: Readonly<Record<string, string>> = { VERIFY_RECEIPT };

/**
 * The Markdown that a reader without a browser gets: the page's own source without its imports, each component in words.
 * @param source an MDX page of the docs
 * @throws Error when it uses a component that has no words here
 */
export function toMarkdown(source: string, baseUrl: string): string {
  const body = source
    .replace(/^import .*\n/gm, "")
    .replace(/^export const metadata = pageMetadata\(\{[\s\S]*?\}\);\n/m, "")
    // Fenced code may show what looks like a component.
    .split(/(^```[\s\S]*?^```$)/m);
  const origin = new URL(baseUrl).origin;
  return `${body.map((part, index) => (index % 2 === 1 ? part : withWords(part, baseUrl, origin))).join("")}`
    .replace(/\n{3,}/g, "\n\n")
    .trim()
    .concat("\n");
}

function withWords(text: string, baseUrl: string, origin: string): string {
  return text
    .replace(
      /<([A-Z]\w*)((?:\s+\w+=(?:"[^"]*"|\{`(?:[^`\\]|\\.)*`\}|\{\w+\}))*)\s*\/>/g,
      (_, name, given) => {
        const write = MARKDOWN_COMPONENTS[name as string];
        if (!write) throw new Error(`${name} has no Markdown`);
        return write(readAttributes(given as string), baseUrl);
      },
    )
    .replace(/\]\((\/[^)]*)\)/g, `](${origin}$1)`);
}

function readAttributes(given: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const [, name = "", quoted, template, named] of given.matchAll(
    /(\w+)=(?:"([^"]*)"|\{`((?:[^`\\]|\\.)*)`\}|\{(\w+)\})/g,
  )) {
    // A template's escapes, as the compiler reads them.
    attributes[name] = quoted ?? template?.replace(/\\([\\`$])/g, "$1") ?? NAMED_CODE[named ?? ""] ?? "";
  }
  return attributes;
}
