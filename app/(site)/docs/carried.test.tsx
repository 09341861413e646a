// Harm prevented: a field that is lost on the way, and a table in the docs that says otherwise.
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { carriedTables } from "@/server/protocols/carried";
import { CarriedReference } from "./_parts/carried-reference";

const page = renderToStaticMarkup(<CarriedReference />);

it.each(carriedTables())("says what becomes of every field of $name", ({ name, rows }) => {
  expect(page).toContain(`id="${name}"`);
  expect(rows.length).toBeGreaterThan(10);
  for (const { field } of rows) expect(page).toContain(`>${field}</dt>`);
});

it("names a provider that is an exception, with the reason", () => {
  const chat = carriedTables().find(({ name }) => name === "openai-chat");
  const seed = chat?.rows.find(({ field }) => field === "logit_bias");
  expect(seed).toMatchObject({ outcome: "carried" });
  expect(seed?.exceptions.map(({ provider }) => provider)).toContain("Anthropic");
});
