import { Link } from "@/app/_ui/link";
import { siteUrl } from "../../_data/site-url";
import { JsonLd } from "../../_parts/json-ld";
import { PostDate } from "./post-date";
import { findPost } from "./posts";

const AUTHOR = "DeepTokenInference";

/** Title, day, reading time and tags of a post, from the one list; and the same for search engines. */
export async function PostHead({ slug }: { readonly slug: string }) {
  const { title, description, date, minutes, tags } = findPost(slug);
  const origin = await siteUrl();
  return (
    <header className="mb-10">
      <p className="text-sm">
        <Link href="/blog" className="text-link underline underline-offset-4">
          Blog
        </Link>
      </p>
      <h1 className="mt-3 font-semibold text-3xl leading-10 tracking-[-0.02em] sm:text-4xl sm:leading-12">
        {title}
      </h1>
      <p className="mt-3 flex flex-wrap items-center gap-x-3 gap-y-1 text-ink-2 text-sm">
        <span>{AUTHOR}</span>
        <PostDate date={date} />
        <span>{minutes} min to read</span>
        {tags.map((tag) => (
          <Link key={tag} href={`/blog?tag=${tag}`} className="text-link underline underline-offset-4">
            {tag}
          </Link>
        ))}
      </p>
      <JsonLd
        data={{
          "@context": "https://schema.org",
          "@type": "BlogPosting",
          headline: title,
          description,
          datePublished: date,
          author: { "@type": "Organization", name: AUTHOR },
          mainEntityOfPage: `${origin}/blog/${slug}`,
          keywords: tags.join(", "),
        }}
      />
    </header>
  );
}
