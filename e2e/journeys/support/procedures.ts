import { expect, type Page } from "playwright/test";
import superjson from "superjson";
import { stack } from "./stack";

/** What a procedure answers to the page's session; a query when there is no input. */
export async function call<T>(page: Page, path: string, input?: unknown): Promise<T> {
  const response = await ask(page, path, input);
  const text = await response.text();
  expect(response.status(), `${path}: ${text}`).toBe(200);
  const { result } = JSON.parse(text);
  return superjson.deserialize<T>(result.data);
}

/** The status alone, for what has to be refused. */
export async function statusOf(page: Page, path: string, input: unknown): Promise<number> {
  return (await ask(page, path, input)).status();
}

function ask(page: Page, path: string, input?: unknown) {
  const url = `${stack().url}/api/trpc/${path}`;
  const headers = { origin: stack().url, "content-type": "application/json" };
  return input === undefined
    ? page.request.get(url, { headers })
    : page.request.post(url, { headers, data: JSON.stringify(superjson.serialize(input)) });
}
