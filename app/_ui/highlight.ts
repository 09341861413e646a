export type CodeLanguage = "bash" | "python" | "typescript" | "json" | "text";
export type TokenKind = "comment" | "string" | "number" | "keyword" | "name" | "plain";

export interface CodeToken {
  readonly kind: TokenKind;
  readonly text: string;
}

const WORDS: Partial<Record<CodeLanguage, string>> = {
  bash: "curl|export|npm|npx|pip|node|python|echo",
  python: "from|import|for|in|if|or|and|not|print|def|return|with|as|None|True|False|class",
  typescript:
    "import|from|const|let|for|of|await|async|new|if|return|type|interface|export|function|null|undefined|true|false",
  json: "true|false|null",
};
const COMMENT: Partial<Record<CodeLanguage, string>> = {
  bash: "#[^\\n]*",
  python: "#[^\\n]*",
  typescript: "//[^\\n]*",
};
const STRING = `"(?:[^"\\\\\\n]|\\\\.)*"|'(?:[^'\\\\]|\\\\.)*'|\`(?:[^\`\\\\]|\\\\.)*\``;

/** Cuts code into coloured pieces. Enough for our own samples; their texts joined are the code again. */
export function highlight(code: string, language: CodeLanguage): readonly CodeToken[] {
  if (language === "text") return [{ kind: "plain", text: code }];
  const groups = [
    `(?<comment>(?<![^\\s])${COMMENT[language] ?? "(?!)"})`,
    `(?<string>${STRING})`,
    `(?<name>(?<=\\s)--?[a-zA-Z][\\w-]*|\\b[A-Za-z_]\\w*(?=\\())`,
    `(?<keyword>\\b(?:${WORDS[language]})\\b)`,
    "(?<number>\\b\\d[\\d_]*(?:\\.\\d+)?\\b)",
  ];
  const order = language === "bash" ? groups : [...groups.slice(0, 2), ...groups.slice(3), groups[2]];
  const pattern = new RegExp(order.join("|"), "g");
  const tokens: CodeToken[] = [];
  let end = 0;
  for (const match of code.matchAll(pattern)) {
    if (match.index > end) tokens.push({ kind: "plain", text: code.slice(end, match.index) });
    tokens.push({ kind: kindOf(match.groups ?? {}), text: match[0] });
    end = match.index + match[0].length;
  }
  if (end < code.length) tokens.push({ kind: "plain", text: code.slice(end) });
  return tokens;
}

function kindOf(groups: Readonly<Record<string, string | undefined>>): TokenKind {
  const found = Object.entries(groups).find(([, text]) => text !== undefined);
  return (found?.[0] ?? "plain") as TokenKind;
}
