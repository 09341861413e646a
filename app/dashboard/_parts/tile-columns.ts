/** On phones tiles stand in pairs, and where they are odd the first one has a row of its own; wider, all of them in whole rows. */
const COLUMNS: Readonly<Record<number, string>> = {
  3: "max-lg:*:first:col-span-2 lg:grid-cols-3",
  4: "lg:grid-cols-4",
  5: "max-xl:*:first:col-span-2 xl:grid-cols-5",
  6: "lg:grid-cols-3",
};

/** The grid of so many tiles, for the tiles and for what stands in their place while they load. */
export function tileGrid(count: number): string {
  return `grid grid-cols-2 gap-3 ${COLUMNS[count] ?? ""}`;
}
