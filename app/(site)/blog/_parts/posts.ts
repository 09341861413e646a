import * as z from "zod/mini";

const postSchema = z.strictObject({
  slug: z.string().check(z.regex(/^[a-z0-9-]+$/)),
  title: z.string().check(z.minLength(10), z.maxLength(80)),
  description: z.string().check(z.minLength(40), z.maxLength(200)),
  date: z.iso.date(),
  tags: z.array(z.enum(["money", "routing", "metering", "security", "guides"])).check(z.minLength(1)),
  /** Whole minutes at 220 words a minute; a test keeps it true. */
  minutes: z.int().check(z.positive()),
});
export type Post = z.infer<typeof postSchema>;

/** Every post, newest first. Its text is `blog/<slug>/page.mdx`. */
export const POSTS: readonly Post[] = z.array(postSchema).parse([
  {
    slug: "moving-from-openrouter-or-litellm",
    title: "Moving from OpenRouter or LiteLLM",
    description:
      "What stays as it is, what is spelled differently, and what to check before you switch the traffic over.",
    date: "2026-11-25",
    tags: ["guides"],
    minutes: 3,
  },
  {
    slug: "what-a-stranger-can-try",
    title: "What a stranger can try, and what happens",
    description:
      "Keys, addresses, upstreams, webhooks and a team's own members: where the gateway says no, and how that is tested.",
    date: "2026-11-25",
    tags: ["security"],
    minutes: 3,
  },
  {
    slug: "a-ledger-you-can-check",
    title: "A ledger that you can check yourself",
    description:
      "Signed receipts, sealed blocks and an export that anybody can verify without our database, and what they do not prove.",
    date: "2026-11-25",
    tags: ["money", "security"],
    minutes: 3,
  },
  {
    slug: "seven-metering-traps",
    title: "Seven traps of metering tokens",
    description:
      "Cached tokens counted twice, usage chunks that never come, zeros taken for nothing: how a gateway bills wrongly, and what we do instead.",
    date: "2026-11-25",
    tags: ["metering", "money"],
    minutes: 3,
  },
  {
    slug: "how-a-request-finds-its-provider",
    title: "How a request finds its provider",
    description:
      "Rule out, put in order, try, and never switch after the first word: routing and fallback in the order in which they happen.",
    date: "2026-11-25",
    tags: ["routing"],
    minutes: 3,
  },
  {
    slug: "what-prepaid-and-exact-means",
    title: "What “prepaid and exact” means",
    description:
      "A balance that a thousand parallel requests cannot overdraw, and a cost that is not rounded along the way: how both are done.",
    date: "2026-11-25",
    tags: ["money"],
    minutes: 3,
  },
]);

export const TAGS = [...new Set(POSTS.flatMap(({ tags }) => tags))].sort();

export function findPost(slug: string): Post {
  const post = POSTS.find((one) => one.slug === slug);
  if (!post) throw new Error(`There is no post of the name ${slug}.`);
  return post;
}
