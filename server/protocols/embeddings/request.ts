import { invalid, modelOf, optionalInteger, parseObject } from "../fields";

export interface EmbeddingsCall {
  readonly model: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly inputs: Inputs;
  /** How the client wants its vectors. */
  readonly encoding: "float" | "base64";
  readonly dimensions: number | null;
}

/** Texts, or texts that the client has cut into tokens itself. */
export type Inputs =
  | { readonly kind: "texts"; readonly texts: readonly string[] }
  | { readonly kind: "tokens"; readonly count: number };

const MAX_INPUTS = 2_048;
const MAX_DIMENSIONS = 16_384;

/** @throws AppError invalid_json, invalid_request (names the field) */
export function parseEmbeddings(bytes: Uint8Array): EmbeddingsCall {
  const body = parseObject(bytes);
  const encoding = body.encoding_format ?? "float";
  if (encoding !== "float" && encoding !== "base64")
    throw invalid("encoding_format", "must be float or base64");
  return {
    model: modelOf(body),
    body,
    inputs: readInputs(body.input),
    encoding,
    dimensions: optionalInteger(body, "dimensions", 1, MAX_DIMENSIONS) ?? null,
  };
}

function readInputs(input: unknown): Inputs {
  const list: readonly unknown[] = Array.isArray(input) ? input : [input];
  if (list.length === 0) throw invalid("input", "must not be empty");
  if (list.every(isToken)) return { kind: "tokens", count: list.length };
  if (list.length > MAX_INPUTS) throw invalid("input", `may have at most ${MAX_INPUTS} entries`);
  if (list.every((entry) => typeof entry === "string")) {
    if (list.includes("")) throw invalid("input", "must not have an empty text in it");
    return { kind: "texts", texts: list };
  }
  const isTokenLists = list.every(
    (entry) => Array.isArray(entry) && entry.length > 0 && entry.every(isToken),
  );
  if (!isTokenLists) throw invalid("input", "must be a text, a list of texts, or tokens");
  return { kind: "tokens", count: list.flat().length };
}

function isToken(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
