import { drawCard } from "./card";
import { subjectOf } from "./subject";

/** Drawing takes a processor for a moment: the same picture is drawn once in this time. */
const LIFE_MS = 60 * 60 * 1_000;
const MOST_KEPT = 300;
const kept = new Map<string, { readonly untilMs: number; readonly picture: ArrayBuffer }>();

/** @param path of a page, `/og/blog/a-post.png` → `["blog", "a-post.png"]`; the home page is `home.png` */
export async function answerCard(parts: readonly string[]): Promise<Response> {
  const name = parts.map((part) => decodeURIComponent(part)).join("/");
  if (!name.endsWith(".png")) return new Response(null, { status: 404 });
  const path = name === "home.png" ? "/" : `/${name.slice(0, -".png".length)}`;
  const known = kept.get(path);
  if (known && known.untilMs > Date.now()) return toPng(known.picture);
  const subject = await subjectOf(path);
  if (!subject) return new Response(null, { status: 404 });
  const picture = await drawCard(subject).arrayBuffer();
  if (kept.size >= MOST_KEPT) kept.clear();
  kept.set(path, { untilMs: Date.now() + LIFE_MS, picture });
  return toPng(picture);
}

function toPng(picture: ArrayBuffer): Response {
  return new Response(picture, {
    headers: { "content-type": "image/png", "cache-control": "public, max-age=3600" },
  });
}
