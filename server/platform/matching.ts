import { type AnyColumn, ilike, or, type SQL } from "drizzle-orm";

/**
 * Rows with a text in one of these columns, whatever its capitals. What has a meaning in a pattern is looked for as it is.
 * Undefined, which is no condition, for no text.
 */
export function contains(text: string | undefined, ...columns: readonly AnyColumn[]): SQL | undefined {
  if (!text) return undefined;
  const pattern = `%${text.replaceAll(/[\\%_]/g, "\\$&")}%`;
  return or(...columns.map((column) => ilike(column, pattern)));
}
