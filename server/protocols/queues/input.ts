import { isObject, type Json, readObject, unsupported } from "../fields";
import type { FormReading } from "../form";
import { NEVER_FORWARDED, OWN_FIELDS } from "../own-fields";

/** A request as it came: JSON, or a form with files in it. */
export type Source =
  | { readonly kind: "json"; readonly body: Json }
  | { readonly kind: "form"; readonly form: FormReading };

/** What a model's own parameters are given under, beside OpenAI's fields: they go to the queue as they are. */
const OWN_INPUT = "input";

/** What a queue's job is made of. */
export interface Carried {
  /** Fields of the request that go into the job, or that only say how its answer is written. */
  readonly fields: ReadonlySet<string>;
  /** Values that ask for nothing, of fields that are not carried. */
  readonly neutral: Readonly<Record<string, readonly unknown[]>>;
}

/**
 * The parameters of the model's own that a request names under `input`. Everything else has to be a field that is carried:
 * jobs know no other, and what they do not know some providers pass over in silence.
 * @throws AppError unsupported_parameter naming the first other field
 */
export function modelInput(source: Source, { fields, neutral }: Carried): Json {
  const entries = source.kind === "json" ? Object.entries(source.body) : source.form.entries;
  for (const [field, value] of entries) {
    const name = field.replace(/\[\]$/, "");
    if (value === null || value === undefined || neutral[name]?.includes(value)) continue;
    if (name === OWN_INPUT || fields.has(name) || OWN_FIELDS.has(name) || NEVER_FORWARDED.has(name)) continue;
    throw unsupported(
      name,
      "the model's provider takes jobs that know no such field; see `input` in the docs",
    );
  }
  const input =
    source.kind === "json" ? source.body[OWN_INPUT] : readObject(source.form.text(OWN_INPUT) ?? "");
  return isObject(input) ? input : {};
}

/** 1280x720 is 16:9. */
export function aspectRatio(size: string): string {
  const [width, height] = sidesOf(size);
  const divisor = (left: number, right: number): number =>
    right === 0 ? left : divisor(right, left % right);
  const common = divisor(width, height);
  return `${width / common}:${height / common}`;
}

export function sidesOf(size: string): readonly [number, number] {
  const [width = 1, height = 1] = size.split("x").map(Number);
  return [width, height];
}

/** Files go to a queue inside its JSON. */
export async function toDataUrl(file: File): Promise<string> {
  const bytes = Buffer.from(await file.arrayBuffer());
  return `data:${file.type || "application/octet-stream"};base64,${bytes.toString("base64")}`;
}

/** What a data URL holds, as base64; null for any other address. */
export function base64In(url: string): string | null {
  return /^data:[^,]*;base64,(.*)$/s.exec(url)?.[1] ?? null;
}
