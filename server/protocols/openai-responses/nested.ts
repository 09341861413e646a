import { invalid, type Json } from "../fields";

/** A text that has to be there, of an item or a part; it may be empty. @throws AppError invalid_request */
export function neededText(part: Json, name: string, path: string): string {
  const value = part[name];
  if (typeof value !== "string") throw invalid(`${path}.${name}`, "must be a string");
  return value;
}

/** A text that may be left out, of an object inside the body. @throws AppError invalid_request */
export function nestedText(object: Json, name: string, path: string): string | null {
  const value = object[name];
  if (value === undefined || value === null) return null;
  if (typeof value !== "string") throw invalid(`${path}.${name}`, "must be a string");
  return value;
}
