import { Feed } from "feed";
import { POSTS } from "../blog/_parts/posts";
import { CHANGELOG } from "../changelog/entries";
import { siteUrl } from "./site-url";

interface Item {
  readonly title: string;
  readonly path: string;
  readonly date: string;
  readonly text: string;
}

/** Every post, newest first, as RSS 2.0. */
export async function blogFeed(): Promise<Response> {
  const items = POSTS.map(({ slug, title, date, description }) => {
    return { title, path: `/blog/${slug}`, date, text: description };
  });
  return toRss({ title: "DeepTokenInference blog", path: "/blog", self: "/feed.xml" }, items);
}

export async function changelogFeed(): Promise<Response> {
  const items = CHANGELOG.map(({ id, title, date, summary }) => {
    return { title, path: `/changelog#${id}`, date, text: summary };
  });
  return toRss({ title: "DeepTokenInference changelog", path: "/changelog", self: "/changelog.xml" }, items);
}

async function toRss(
  about: { readonly title: string; readonly path: string; readonly self: string },
  items: readonly Item[],
): Promise<Response> {
  const origin = await siteUrl();
  const newest = items
    .map(({ date }) => date)
    .sort()
    .at(-1);
  const feed = new Feed({
    id: `${origin}${about.path}`,
    link: `${origin}${about.path}`,
    title: about.title,
    description: about.title,
    language: "en",
    copyright: "DeepTokenInference",
    generator: "DeepTokenInference",
    ...(newest ? { updated: new Date(newest) } : {}),
    feedLinks: { rss: `${origin}${about.self}` },
  });
  for (const { title, path, date, text } of items) {
    const link = `${origin}${path}`;
    feed.addItem({ id: link, link, title, description: text, date: new Date(date) });
  }
  return new Response(feed.rss2(), { headers: { "content-type": "application/rss+xml; charset=utf-8" } });
}
