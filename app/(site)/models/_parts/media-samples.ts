import type { Snippet } from "@/app/dashboard/_first-run/snippets";

const CURL = { id: "curl", label: "curl", language: "bash", install: null } as const;

/** What is asked for with JSON, by what the model gives. */
const JSON_CALLS: Readonly<Record<string, readonly [path: string, body: Record<string, unknown>]>> = {
  embeddings: ["embeddings", { input: "A receipt is a promise kept." }],
  moderation: ["moderations", { input: "A text to be judged." }],
  rerank: ["rerank", { query: "What is a receipt?", documents: ["A proof of payment.", "A kind of soup."] }],
  image: ["images/generations", { prompt: "A lighthouse in the fog", size: "1024x1024" }],
  speech: ["audio/speech", { input: "Good morning.", voice: "alloy" }],
  video: ["videos", { prompt: "A lighthouse in the fog", seconds: "5" }],
};

/** A request to a model that gives something else than text, with curl; null for models that chat. */
export function toMediaSamples(
  model: { readonly slug: string; readonly outputModalities: readonly string[] },
  { baseUrl, apiKey }: { readonly baseUrl: string; readonly apiKey: string },
): readonly Snippet[] | null {
  const { outputModalities } = model;
  if (outputModalities.includes("text")) return null;
  const [first = ""] = outputModalities;
  const key = `-H "Authorization: Bearer ${apiKey}"`;
  if (first === "transcription") {
    const code = `curl ${baseUrl}/audio/transcriptions \\\n  ${key} \\\n  -F model=${model.slug} \\\n  -F file=@speech.mp3`;
    return [{ ...CURL, code }];
  }
  const call = JSON_CALLS[first];
  if (!call) return null;
  const [path, body] = call;
  const json = JSON.stringify({ model: model.slug, ...body }, null, 2).replaceAll("\n", "\n  ");
  const code = `curl ${baseUrl}/${path} \\\n  ${key} \\\n  -H "Content-Type: application/json" \\\n  -d '${json}'${first === "speech" ? " \\\n  --output speech.mp3" : ""}`;
  return [{ ...CURL, code }];
}
