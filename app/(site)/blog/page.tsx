import { Link } from "@/app/_ui/link";
import { pageMetadata } from "../_data/page-metadata";
import { PostDate } from "./_parts/post-date";
import { POSTS, TAGS } from "./_parts/posts";

const about =
  "How a prepaid gateway works inside: money, metering, routing, security, and how to check all of it.";

export const metadata = {
  ...pageMetadata({ path: "/blog", title: "Blog", description: about }),
  alternates: {
    canonical: "/blog",
    types: { "application/rss+xml": [{ url: "/feed.xml", title: "DeepTokenInference blog" }] },
  },
};

interface Props {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function BlogPage({ searchParams }: Props) {
  const { tag } = await searchParams;
  const chosen = TAGS.find((one) => one === tag);
  const posts = POSTS.filter(({ tags }) => chosen === undefined || tags.includes(chosen));
  return (
    <>
      <header className="grid gap-3">
        <h1 className="font-semibold text-3xl leading-10">Blog</h1>
        <p className="text-ink-2">{about}</p>
        <nav aria-label="Tags" className="flex flex-wrap items-center gap-2 text-sm">
          {[undefined, ...TAGS].map((one) => (
            <Link
              key={one ?? "all"}
              href={one ? `/blog?tag=${one}` : "/blog"}
              aria-current={one === chosen ? "page" : undefined}
              className="inline-flex h-7 items-center rounded-full border border-line-strong px-3 text-ink-2 transition-colors hover:text-ink aria-[current=page]:border-accent aria-[current=page]:bg-accent-soft aria-[current=page]:text-link"
            >
              {one ?? "all"}
            </Link>
          ))}
          <a href="/feed.xml" className="ml-auto text-link underline underline-offset-4">
            RSS
          </a>
        </nav>
      </header>
      <ul className="mt-8 divide-y divide-line border-line border-y">
        {posts.map((post) => (
          <li key={post.slug}>
            <article className="grid gap-1.5 py-6">
              <h2 className="font-semibold text-xl leading-8">
                <Link href={`/blog/${post.slug}`} className="underline-offset-4 hover:underline">
                  {post.title}
                </Link>
              </h2>
              <p className="text-ink-2 text-sm">
                <PostDate date={post.date} /> · {post.minutes} min · {post.tags.join(", ")}
              </p>
              <p className="max-w-[65ch] text-pretty">{post.description}</p>
            </article>
          </li>
        ))}
      </ul>
    </>
  );
}
