import type { Letter, Mail } from "./types";

/** A letter as a mail: the text part is written here, the HTML part when it leaves (`render.ts`), from the same words. */
export function toMail(letter: Letter): Mail {
  return { to: letter.to, subject: letter.subject, text: toText(letter), letter };
}

function toText({ greeting, lines, facts = [], action, footer }: Letter): string {
  const listed = facts.map(([label, value]) => `${label}: ${value}`).join("\n");
  return [greeting, ...lines, listed, `${action.label}:\n${action.url}`, footer]
    .filter((part) => part !== "")
    .join("\n\n");
}
