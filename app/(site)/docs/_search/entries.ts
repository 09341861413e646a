import GithubSlugger from "github-slugger";

/** A section of a page. Its id is its address. */
export interface SearchEntry {
  readonly id: string;
  readonly page: string;
  readonly heading: string;
  readonly text: string;
}

const LONGEST_TEXT = 1_200;

/** The sections of a page's Markdown, with the anchors that the page's headings have. */
export function toEntries(path: string, markdown: string): SearchEntry[] {
  const slugger = new GithubSlugger();
  let page = path;
  return markdown
    .replace(/^```[\s\S]*?^```$/gm, (code) => code.replace(/^#/gm, " #"))
    .split(/^(?=#{1,3} )/m)
    .flatMap((section) => {
      const [, marks = "", title = ""] = /^(#{1,3}) (.+)/.exec(section) ?? [];
      if (title === "") return [];
      const heading = toPlain(title);
      if (marks === "#") page = heading;
      const anchor = marks === "#" ? "" : `#${slugger.slug(heading)}`;
      const text = toPlain(section.slice(section.indexOf("\n") + 1)).slice(0, LONGEST_TEXT);
      return [{ id: `${path}${anchor}`, page, heading, text }];
    });
}

function toPlain(markdown: string): string {
  return markdown
    .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/^```.*$/gm, " ")
    .replace(/^\|[-| ]+\|$/gm, " ")
    .replace(/[`*|]/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}
