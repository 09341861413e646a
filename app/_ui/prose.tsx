import { Children, type ComponentProps, isValidElement, type ReactNode } from "react";
import { CodeBlock } from "./code-block";
import type { CodeLanguage } from "./highlight";
import { Link } from "./link";

/** The elements of running text, for MDX and for pages of text. */
export const proseComponents = {
  h1: (props: ComponentProps<"h1">) => (
    <h1 {...props} className="font-semibold text-3xl leading-10 tracking-[-0.02em]" />
  ),
  h2: ({ children, ...props }: ComponentProps<"h2">) => (
    <h2 {...props} className="group mt-12 mb-3 font-semibold text-xl leading-8">
      <HeadingLink id={props.id}>{children}</HeadingLink>
    </h2>
  ),
  h3: ({ children, ...props }: ComponentProps<"h3">) => (
    <h3 {...props} className="group mt-8 mb-2 font-semibold text-base">
      <HeadingLink id={props.id}>{children}</HeadingLink>
    </h3>
  ),
  p: (props: ComponentProps<"p">) => <p {...props} className="my-4 text-pretty leading-7" />,
  a: TextLink,
  ul: (props: ComponentProps<"ul">) => (
    <ul {...props} className="my-4 grid list-disc gap-1.5 pl-5 leading-7 marker:text-ink-3" />
  ),
  ol: (props: ComponentProps<"ol">) => (
    <ol {...props} className="my-4 grid list-decimal gap-1.5 pl-5 leading-7 marker:text-ink-2" />
  ),
  strong: (props: ComponentProps<"strong">) => <strong {...props} className="font-semibold" />,
  hr: () => <hr className="my-10 border-line" />,
  code: (props: ComponentProps<"code">) => (
    <code
      {...props}
      className="break-words rounded-[5px] border border-line bg-sunken px-1 py-px font-mono text-[0.8125em]"
    />
  ),
  pre: Fence,
  table: (props: ComponentProps<"table">) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls has to be reachable by keyboard
    <div tabIndex={0} className="surface my-6 overflow-x-auto">
      <table {...props} className="w-full text-sm" />
    </div>
  ),
  thead: (props: ComponentProps<"thead">) => (
    <thead {...props} className="border-line border-b bg-sunken text-left text-ink-2 text-xs" />
  ),
  tbody: (props: ComponentProps<"tbody">) => <tbody {...props} className="divide-y divide-line" />,
  th: (props: ComponentProps<"th">) => (
    <th scope="col" {...props} className="whitespace-nowrap px-4 py-2.5 text-left font-medium" />
  ),
  td: (props: ComponentProps<"td">) => <td {...props} className="px-4 py-2.5 align-top leading-6" />,
};

function HeadingLink({ id, children }: { readonly id: string | undefined; readonly children: ReactNode }) {
  if (!id) return children;
  return (
    <a href={`#${id}`} className="rounded-sm">
      {children}
      <span
        aria-hidden="true"
        className="ml-2 text-ink-3 opacity-0 transition-opacity group-hover:opacity-100"
      >
        #
      </span>
    </a>
  );
}

function TextLink({ href = "", children }: ComponentProps<"a">) {
  return (
    <Link
      href={href}
      className="text-link underline decoration-link/40 underline-offset-4 hover:decoration-link"
    >
      {children}
    </Link>
  );
}

const LANGUAGES: Readonly<Record<string, CodeLanguage>> = {
  sh: "bash",
  bash: "bash",
  python: "python",
  ts: "typescript",
  json: "json",
};

/** A fenced block, drawn like every other sample. The compiler's own colouring is dropped with its inline styles. */
function Fence({ children }: ComponentProps<"pre">) {
  const code = Children.toArray(children).find((child) => isValidElement<ComponentProps<"code">>(child));
  const className = isValidElement<ComponentProps<"code">>(code) ? code.props.className : undefined;
  const language = /language-(\w+)/.exec(className ?? "")?.[1] ?? "";
  return (
    <CodeBlock className="my-6" code={textOf(children).trimEnd()} language={LANGUAGES[language] ?? "text"} />
  );
}

function textOf(node: ReactNode): string {
  if (typeof node === "string" || typeof node === "number") return String(node);
  if (Array.isArray(node)) return node.map(textOf).join("");
  return isValidElement<{ children?: ReactNode }>(node) ? textOf(node.props.children) : "";
}
