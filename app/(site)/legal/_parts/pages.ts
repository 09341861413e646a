/** The legal pages, in the order of their list. */
export const LEGAL_PAGES = [
  { href: "/legal/terms", label: "Terms of service" },
  { href: "/legal/privacy", label: "Privacy" },
  { href: "/legal/refunds", label: "Refunds and expiry" },
  { href: "/legal/sub-processors", label: "Sub-processors" },
] as const;
