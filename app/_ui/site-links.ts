/** Where the public site leads. */
export const SITE_LINKS = [
  { href: "/models", label: "Models" },
  { href: "/docs", label: "Docs" },
  { href: "/pricing", label: "Pricing" },
  { href: "/blog", label: "Blog" },
  { href: "/dashboard", label: "Dashboard" },
] as const;
