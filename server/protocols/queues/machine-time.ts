/** Machine time is billed by the whole second that was begun. Null when the provider does not say. */
export function wholeSeconds(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? Math.ceil(value) : null;
}
