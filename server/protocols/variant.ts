/** What a variant is told by. */
interface Variant {
  readonly size: string | undefined;
  readonly quality?: string | undefined;
}

/**
 * An endpoint may be one variant of a model, with a price of its own: its upstream name then ends with the values that it
 * is for, as in `dall-e-3?quality=hd&size=1024x1792,1792x1024`. An empty value stands for "left out by the client".
 */
export function upstreamNameOf(upstreamModel: string): string {
  return upstreamModel.split("?")[0] ?? upstreamModel;
}

/** True when a request is for this variant. */
export function matchesVariant(upstreamModel: string, call: Variant): boolean {
  const given: Readonly<Record<string, string | undefined>> = { size: call.size, quality: call.quality };
  return conditionsOf(upstreamModel).every(([field, values]) =>
    values.split(",").includes(given[field] ?? ""),
  );
}

/** Does the variant stand for a value of this field? */
export function isVariantBy(upstreamModel: string, field: keyof Variant): boolean {
  return conditionsOf(upstreamModel).some(([name]) => name === field);
}

/**
 * The parameter that a queue's model takes images under, where it has a name of its own: `@image=input_image` in the
 * upstream name, or `@image=image_input[]` where it is a list. Undefined: the usual name of the provider's models.
 */
export function imageFieldOf(upstreamModel: string): string | undefined {
  return new URLSearchParams(upstreamModel.split("?")[1] ?? "").get("@image") ?? undefined;
}

function conditionsOf(upstreamModel: string): [string, string][] {
  const all = new URLSearchParams(upstreamModel.split("?")[1] ?? "");
  return [...all].filter(([field]) => !field.startsWith("@"));
}
