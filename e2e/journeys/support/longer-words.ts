import type { Page } from "playwright/test";

/**
 * A pseudo-locale: every text that a translator would get, about 40 % longer and with accents above and below the line, as
 * German and Vietnamese are. Code is left as it is; nobody translates it.
 */
export async function lengthenWords(page: Page): Promise<void> {
  await page.evaluate(() => {
    const ACCENTS: Readonly<Record<string, string>> = {
      ...{ a: "å", e: "é", i: "î", o: "ö", u: "ü", y: "ý", c: "ç", n: "ñ", s: "š", g: "ğ", t: "ţ", z: "ž" },
      ...{ A: "Å", E: "É", I: "Î", O: "Ö", U: "Ü", Y: "Ý", C: "Ç", N: "Ñ", S: "Š", G: "Ğ", T: "Ţ", Z: "Ž" },
    };
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const text = node.nodeValue ?? "";
      const isCode = node.parentElement?.closest("script, style, noscript, template, pre, code, kbd, samp");
      if (isCode || !/\p{L}{2}/u.test(text)) continue;
      node.nodeValue = text.replace(/\p{L}+/gu, longer);
    }

    function longer(word: string): string {
      const target = Math.round(word.length * 1.4);
      let grown = "";
      // Vowels grow first: a word that has become longer breaks where a long word breaks, which added words do not show.
      for (const letter of word) {
        const accented = ACCENTS[letter] ?? letter;
        const isVowel = /[aeiouy]/i.test(letter);
        grown +=
          isVowel && grown.length + word.length < target * 2 ? accented + accented.toLowerCase() : accented;
      }
      return grown.slice(0, Math.max(target, word.length)).padEnd(target, "ø");
    }
  });
}
