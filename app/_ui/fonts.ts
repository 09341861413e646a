import localFont from "next/font/local";

/**
 * Geist in two parts: the letters and weights that nearly every page has are small and come first; the rest of the
 * alphabet comes only to a page that holds one of its letters. See fonts/README.md.
 */
const sans = localFont({
  src: "./fonts/geist-latin.woff2",
  weight: "400 700",
  variable: "--font-sans-latin",
  // The stand-in, whose widths are fitted to Geist's, is at the end of the row: after the rest of the alphabet.
  adjustFontFallback: false,
});

const sansRest = localFont({
  src: "../../node_modules/geist/dist/fonts/geist-sans/Geist-Variable.woff2",
  weight: "100 900",
  variable: "--font-sans-rest",
  preload: false,
  declarations: [
    {
      prop: "unicode-range",
      value:
        "U+100-130,U+132-151,U+154-237,U+259,U+2B9,U+2C7-2C8,U+2D8-2D9,U+2DB,U+2DD,U+300-303,U+306-307,U+309-328,U+32A-3C0,U+400-4E9,U+E3F,U+1E20-1EF9,U+2070-2089,U+20AA,U+20B1-20BD,U+2107-2117,U+2126,U+2153-215E,U+2194-21E7,U+2202-220F,U+2211,U+221A-2236,U+2460-25CF,U+2639-263A,U+2776-277E",
    },
  ],
});

const mono = localFont({
  src: "./fonts/geist-mono-latin.woff2",
  weight: "400 700",
  variable: "--font-mono-latin",
  // Samples of code may wait: their boxes keep their size when the font arrives.
  preload: false,
  adjustFontFallback: false,
});

const monoRest = localFont({
  src: "../../node_modules/geist/dist/fonts/geist-mono/GeistMono-Variable.woff2",
  weight: "100 900",
  variable: "--font-mono-rest",
  preload: false,
  adjustFontFallback: false,
  declarations: [
    {
      prop: "unicode-range",
      value:
        "U+100-130,U+132-151,U+154-237,U+259,U+2B9,U+2C7-2C8,U+2D8-2D9,U+2DB,U+2DD,U+300-303,U+306-307,U+309-328,U+32A-3C0,U+400-4E9,U+E3F,U+1E20-1EF9,U+2070-2089,U+20AA,U+20B1-20BD,U+2107-2117,U+2153-215E,U+2194-21E7,U+2202-220F,U+2211,U+221A-2236,U+2326-2327,U+232B,U+23CE,U+240B-25CF,U+2776-277E",
    },
  ],
});

/** Names the families of globals.css on the element that has it. */
export const fontVariables = [sans, sansRest, mono, monoRest].map(({ variable }) => variable).join(" ");
