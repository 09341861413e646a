import { z } from "zod";
import { AppError } from "@/server/platform/errors";
import { parseUsd } from "@/server/platform/money";

/** Shapes that several routes share. Times are ISO 8601 in UTC, amounts are decimal text in US dollars. */
export const id = z.string().min(1).max(64);
export const name = z.string().max(640);
export const time = z.iso.datetime();
export const usd = z.string().describe("US dollars as decimal text, exact to nine places.");
export const deleted = z.object({ id: z.string(), deleted: z.literal(true) });

export const paging = z.strictObject({
  limit: z
    .string()
    .regex(/^\d{1,3}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.number().int().min(1).max(100))
    .optional()
    .describe("Things on a page, 1 to 100; 50 by default."),
  cursor: id.optional().describe("`next_cursor` of the page before."),
});
export type Paging = z.infer<typeof paging>;
export const DEFAULT_LIMIT = 50;

export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ data: z.array(item), next_cursor: z.string().nullable() });
}

/**
 * A page of a list that is bounded anyway (keys, projects, budgets) and read whole.
 * @throws AppError invalid_request for a cursor that is not in the list
 */
export function cutPage<Thing extends { readonly id: string }, Item>(
  things: readonly Thing[],
  { limit = DEFAULT_LIMIT, cursor }: Paging,
  toItem: (thing: Thing) => Item,
): { data: Item[]; next_cursor: string | null } {
  const last = cursor === undefined ? -1 : things.findIndex((thing) => thing.id === cursor);
  if (cursor !== undefined && last === -1)
    throw new AppError("invalid_request", { message: "The cursor is not valid.", param: "cursor" });
  const page = things.slice(last + 1, last + 1 + limit);
  const isLast = last + 1 + limit >= things.length;
  return { data: page.map(toItem), next_cursor: isLast ? null : (page.at(-1)?.id ?? null) };
}

/** @throws AppError invalid_request */
export function toNanoUsd(text: string, param: string): bigint {
  const amount = parseUsd(text);
  if (amount === null)
    throw new AppError("invalid_request", {
      message: `\`${param}\` must be an amount in US dollars as text, such as "25.00".`,
      param,
    });
  return amount;
}

/** One answer for what does not exist and for what belongs to somebody else. @throws AppError not_found */
export function requireFound<Thing>(thing: Thing | undefined, noun: string): Thing {
  if (thing === undefined)
    throw new AppError("not_found", { message: `There is no such ${noun} in this organization.` });
  return thing;
}

export function toIso(at: Date | null): string | null {
  return at === null ? null : at.toISOString();
}
