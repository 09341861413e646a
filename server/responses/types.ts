/** Whose responses: those of one project. Another project's, or organization's, are as if they did not exist. */
export interface ResponseScope {
  readonly organizationId: string;
  readonly projectId: string;
}

/** An item of a conversation in the words of the Responses API. */
export type Item = Readonly<Record<string, unknown>>;

/** The items of a stored list. What we wrote is what we read, so anything else is a fault of ours. */
export function parseItems(text: string): Item[] {
  const value: unknown = JSON.parse(text);
  if (!Array.isArray(value)) throw new TypeError("stored items are no list");
  return value as Item[];
}
