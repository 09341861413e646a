import type { MDXComponents } from "mdx/types";
import { proseComponents } from "@/app/_ui/prose";

/** How Markdown looks. Called by the MDX compiler's output, by this name. */
export function useMDXComponents(components: MDXComponents = {}): MDXComponents {
  return { ...proseComponents, ...components };
}
