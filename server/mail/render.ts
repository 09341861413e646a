import { createElement as h, type ReactNode } from "react";
import type { Letter } from "./types";

const INK = "#17181b";
const INK_2 = "#51545b";
const LINE = "#e7e7e4";
const paragraph = { margin: "0 0 16px", fontSize: "16px", lineHeight: "24px", color: INK };
const small = { margin: "0 0 12px", fontSize: "14px", lineHeight: "21px", color: INK_2 };

/** The HTML part of a mail. Loaded when the first mail leaves: no request waits for its parts. */
export async function renderHtml(letter: Letter): Promise<string> {
  const { Body, Button, Container, Head, Hr, Html, Link, Preview, render, Text } = await import(
    "react-email"
  );
  const text = (style: object, ...children: ReactNode[]) => h(Text, { style }, ...children);
  const { url, label } = letter.action;
  return render(
    h(
      Html,
      { lang: "en" },
      h(Head, null, h("title", null, letter.subject)),
      h(Preview, null, letter.lines[0] ?? letter.subject),
      h(
        Body,
        { style: { margin: 0, padding: "24px", backgroundColor: "#ffffff", fontFamily: "sans-serif" } },
        h(
          Container,
          { style: { maxWidth: "520px", margin: "0 auto" } },
          text({ ...paragraph, fontWeight: 600 }, "DeepTokenInference"),
          text(paragraph, letter.greeting),
          ...letter.lines.map((line, at) => h(Text, { key: `line-${at}`, style: paragraph }, line)),
          factTable(letter.facts ?? []),
          h(
            Button,
            {
              href: url,
              style: { backgroundColor: INK, color: "#ffffff", borderRadius: "8px", padding: "12px 20px" },
            },
            label,
          ),
          h(Hr, { style: { margin: "24px 0 16px", borderColor: LINE } }),
          text(
            small,
            "Or open this address: ",
            h(Link, { href: url, style: { color: INK_2, wordBreak: "break-all" } }, url),
          ),
          text(small, letter.footer),
        ),
      ),
    ),
  );
}

/** Amounts and ids, one a row. A table, because mail programs know nothing better. */
function factTable(facts: NonNullable<Letter["facts"]>): ReactNode {
  if (facts.length === 0) return null;
  const cell = { padding: "6px 16px 6px 0", fontSize: "14px", borderBottom: `1px solid ${LINE}` };
  const rows = facts.map(([label, value]) =>
    h(
      "tr",
      { key: label },
      h("td", { style: { ...cell, color: INK_2 } }, label),
      h("td", { style: { ...cell, color: INK, wordBreak: "break-all" as const } }, value),
    ),
  );
  return h(
    "table",
    { role: "presentation", style: { borderCollapse: "collapse", margin: "0 0 24px", width: "100%" } },
    h("tbody", null, ...rows),
  );
}
