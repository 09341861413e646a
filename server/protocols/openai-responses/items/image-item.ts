import { type OpenItem, type Place, tellerOf } from "./item";

/** A picture that the model made, complete at once, in the form of OpenAI's own picture tool. */
export function createImageItem(place: Place, data: string): OpenItem {
  const teller = tellerOf(place);
  const item = { id: place.id, type: "image_generation_call", status: "completed", result: data };
  teller.added({ ...item, status: "in_progress", result: null });
  teller.done(item);
  return { snapshot: () => item };
}
