import { AppError } from "@/server/platform/errors";
import { invalid } from "./fields";
import { NEVER_FORWARDED, OWN_FIELDS } from "./own-fields";

/** A multipart form, read: fields in the order in which they came, files among them. */
export interface FormReading {
  readonly entries: readonly (readonly [string, string | File])[];
  /** The only text of a name; undefined when absent. @throws AppError invalid_request when it comes twice or is a file */
  text(name: string): string | undefined;
  /** All files of a name, also under `name[]`. @throws AppError invalid_request when one of them is text */
  files(name: string): readonly File[];
}

const MAX_FIELDS = 200;

/** True when a request says that its body is a form. */
export function isForm(contentType: string | undefined): boolean {
  return /^multipart\/form-data\s*;/i.test(contentType ?? "");
}

/** @throws AppError invalid_request when the bytes are no form of this content type, or one of too many fields */
export async function readForm(bytes: Uint8Array, contentType: string): Promise<FormReading> {
  const entries = await parse(bytes, contentType);
  if (entries.length > MAX_FIELDS) throw invalid("body", `may have at most ${MAX_FIELDS} fields`);
  const named = (name: string) => entries.filter(([field]) => field === name || field === `${name}[]`);
  return {
    entries,
    text(name) {
      const [only, ...more] = named(name);
      if (only === undefined) return undefined;
      if (more.length > 0) throw invalid(name, "may only be given once");
      if (typeof only[1] !== "string") throw invalid(name, "must be text, not a file");
      return only[1];
    },
    files: (name) =>
      named(name).map(([, value]) => {
        if (typeof value === "string") throw invalid(name, "must be a file");
        return value;
      }),
  };
}

/** What the gateway itself reads of a form, where everything is text: a limit in money, and the session. */
export function ownFieldsIn(form: FormReading): Record<string, unknown> {
  const maxCost = form.text("max_cost_usd");
  const session = form.text("session_id");
  return {
    ...(maxCost === undefined ? {} : { max_cost_usd: Number(maxCost) }),
    ...(session === undefined ? {} : { session_id: session }),
  };
}

async function parse(bytes: Uint8Array, contentType: string): Promise<[string, string | File][]> {
  try {
    const body = new Response(new Uint8Array(bytes), { headers: { "content-type": contentType } });
    return [...(await body.formData())] as [string, string | File][];
  } catch {
    throw new AppError("invalid_request", {
      message: "The body is not a valid multipart form.",
      param: "content-type",
    });
  }
}

/** A form as bytes, with its boundary in the content type, without what is ours or must not travel. */
export async function writeForm(
  entries: readonly (readonly [string, string | File])[],
): Promise<{ contentType: string; body: Uint8Array }> {
  const form = new FormData();
  for (const [name, value] of entries) {
    if (NEVER_FORWARDED.has(name) || OWN_FIELDS.has(name)) continue;
    if (typeof value === "string") form.append(name, value);
    else form.append(name, value, value.name);
  }
  const response = new Response(form);
  return {
    contentType: response.headers.get("content-type") ?? "multipart/form-data",
    body: new Uint8Array(await response.arrayBuffer()),
  };
}
