import { proseComponents } from "@/app/_ui/prose";

const Code = proseComponents.code;

/** Text in which `backticks` mean code. */
export function InlineCode({ text }: { readonly text: string }) {
  return text.split("`").map((part, index) => {
    const key = `${index}-${part}`;
    return index % 2 === 1 ? <Code key={key}>{part}</Code> : <span key={key}>{part}</span>;
  });
}
