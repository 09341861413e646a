// Harm prevented: a post that no list leads to, one that a list leads to and is not there, and a reading time that is made up.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { POSTS } from "./_parts/posts";

const FOLDER = join("app", "(site)", "blog");
const WORDS_A_MINUTE = 220;
const textOf = (slug: string) => readFileSync(join(FOLDER, slug, "page.mdx"), "utf8");

describe("the blog's list", () => {
  it("has every post and no other, newest first", () => {
    const folders = readdirSync(FOLDER).filter(
      (name) => !name.startsWith("_") && statSync(join(FOLDER, name)).isDirectory(),
    );
    expect(POSTS.map(({ slug }) => slug).sort()).toEqual(folders.sort());
    const dates = POSTS.map(({ date }) => date);
    expect([...dates].sort().reverse()).toEqual(dates);
    expect(POSTS.length).toBeGreaterThanOrEqual(6);
  });

  it.each(POSTS.map(({ slug, minutes }) => [slug, minutes] as const))(
    "%s: takes %i minutes",
    (slug, minutes) => {
      const words = textOf(slug).split(/\s+/).length;
      expect(minutes).toBe(Math.max(1, Math.round(words / WORDS_A_MINUTE)));
    },
  );

  it.each(POSTS.map(({ slug }) => slug))("%s: takes head and metadata by its own name", (slug) => {
    const text = textOf(slug);
    expect(text).toContain(`postMetadata("${slug}")`);
    expect(text).toContain(`<PostHead slug="${slug}" />`);
  });
});
