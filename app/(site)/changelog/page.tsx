import { Link } from "@/app/_ui/link";
import { pageMetadata } from "../_data/page-metadata";
import { PostDate } from "../blog/_parts/post-date";
import { CHANGELOG } from "./entries";

const about = "What changed for users, newest first.";

export const metadata = {
  ...pageMetadata({ path: "/changelog", title: "Changelog", description: about }),
  alternates: {
    canonical: "/changelog",
    types: { "application/rss+xml": [{ url: "/changelog.xml", title: "DeepTokenInference changelog" }] },
  },
};

export default function ChangelogPage() {
  return (
    <div className="mx-auto w-full max-w-3xl px-4 py-10 sm:px-6 sm:py-14">
      <header className="grid gap-3">
        <h1 className="font-semibold text-3xl leading-10">Changelog</h1>
        <p className="flex flex-wrap justify-between gap-3 text-ink-2">
          <span>
            {about} What is open and what is not yet is listed under{" "}
            <Link href="/docs/changelog" className="text-link underline underline-offset-4">
              What works today
            </Link>
            .
          </span>
          <a href="/changelog.xml" className="text-link text-sm underline underline-offset-4">
            RSS
          </a>
        </p>
      </header>
      <div className="mt-8 divide-y divide-line border-line border-t">
        {CHANGELOG.map(({ id, title, date, Text }) => (
          <article key={id} id={id} aria-labelledby={`${id}-title`} className="py-8">
            <p className="text-ink-2 text-sm">
              <PostDate date={date} />
            </p>
            <h2 id={`${id}-title`} className="mt-1 font-semibold text-xl leading-8">
              <a href={`#${id}`} className="underline-offset-4 hover:underline">
                {title}
              </a>
            </h2>
            <Text />
          </article>
        ))}
      </div>
    </div>
  );
}
