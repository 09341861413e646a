import NextLink from "next/link";
import type { ComponentProps } from "react";

/**
 * A link within the site. Nothing is fetched ahead: every page is drawn for its request, so there is no part of it that
 * Next could have ready, and the attempts would only stand in the way of a page that is still loading on a phone.
 */
export function Link(props: ComponentProps<typeof NextLink>) {
  return <NextLink prefetch={false} {...props} />;
}
