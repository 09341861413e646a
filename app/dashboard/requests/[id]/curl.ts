/** Paths below the base URL by the API's name in the log. */
const PATHS: Readonly<Record<string, string>> = {
  "chat.completions": "/chat/completions",
  completions: "/completions",
  responses: "/responses",
  messages: "/messages",
  embeddings: "/embeddings",
  moderations: "/moderations",
  rerank: "/rerank",
  "images.generations": "/images/generations",
  "audio.speech": "/audio/speech",
  videos: "/videos",
};

interface Logged {
  readonly api: string;
  readonly requestedModel: string;
  readonly streamed: boolean;
  /** The body as it came, where the organization keeps it. */
  readonly prompt: string | null;
}

/**
 * A command that sends the same request again: with its own body where that was kept, else with its model and a place
 * for the input. Null for uploads, whose file is not in any log. The key is not known here and stays a placeholder.
 */
export function toCurl(request: Logged, baseUrl: string): string | null {
  const path = Object.hasOwn(PATHS, request.api) ? PATHS[request.api] : undefined;
  if (path === undefined) return null;
  const body = request.prompt ?? JSON.stringify(skeletonOf(request), null, 2);
  return [
    `curl ${request.streamed ? "-N " : ""}${baseUrl}${path}`,
    `  -H "Authorization: Bearer YOUR_API_KEY"`,
    `  -H "Content-Type: application/json"`,
    `  -d ${quoted(body)}`,
  ].join(" \\\n");
}

function skeletonOf({ api, requestedModel, streamed }: Logged): Readonly<Record<string, unknown>> {
  const common = { model: requestedModel, ...(streamed ? { stream: true } : {}) };
  if (api === "chat.completions" || api === "messages")
    return {
      ...common,
      ...(api === "messages" ? { max_tokens: 1024 } : {}),
      messages: [{ role: "user", content: "…" }],
    };
  if (api === "rerank") return { ...common, query: "…", documents: ["…"] };
  if (api === "completions" || api === "images.generations" || api === "videos")
    return { ...common, prompt: "…" };
  if (api === "audio.speech") return { ...common, input: "…", voice: "alloy" };
  return { ...common, input: "…" };
}

/** One word for a POSIX shell, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
