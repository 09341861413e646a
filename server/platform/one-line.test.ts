// Harm prevented: a name that turns the words beside it around, or breaks the line that a log or a mail head is made of.
import { expect, it } from "vitest";
import { isOneLine, toOneLine } from "./one-line";

it.each(["Ada Byron", "אֵיידה", "عائلة", "👩‍👩‍👧", "<img src=x>", "{{7*7}}"])("%s is one line", (text) => {
  expect(isOneLine(text)).toBe(true);
  expect(toOneLine(text)).toBe(text);
});

it.each(["a\nb", "a\0b", "a\u2028b", "a\u202Eb", "a\u2066b", "a\uD800b", "a\u0085b"])("%j is not", (text) => {
  expect(isOneLine(text)).toBe(false);
  expect(toOneLine(text)).toBe("ab");
});
