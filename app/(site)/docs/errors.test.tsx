// Harm prevented: an error that sends its reader to a page which does not explain it.
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { ERROR_CODES } from "@/server/platform/error-codes";
import { ErrorReference } from "./_parts/error-reference";

const page = renderToStaticMarkup(<ErrorReference />);

it.each(Object.entries(ERROR_CODES))("/docs/errors#%s exists and names its status", (code, { status }) => {
  const entry = page.split("<section ").find((part) => part.startsWith(`id="${code}"`));
  expect(entry).toContain(`>${status}</span>`);
});
