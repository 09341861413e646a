import { writeForm } from "../form";
import { forwardable } from "../own-fields";
import type { ImageCall } from "./request";

export function toGenerationBody(call: ImageCall, model: string): string {
  const body = call.source.kind === "json" ? forwardable(call.source.body) : {};
  return JSON.stringify({ ...body, model });
}

/** The client's own form with the provider's name of the model. */
export function toEditForm(call: ImageCall, model: string): ReturnType<typeof writeForm> {
  const entries = call.source.kind === "form" ? call.source.form.entries : [];
  return writeForm([...entries.filter(([name]) => name !== "model"), ["model", model]]);
}
