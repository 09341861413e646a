import "./globals.css";
import type { Metadata, Viewport } from "next";
import { connection } from "next/server";
import type { ReactNode } from "react";
import { fontVariables } from "./_ui/fonts";
import { Hints } from "./_ui/hints";
import { THEME_SCRIPT } from "./_ui/theme-script";

export const metadata: Metadata = {
  title: {
    default: "DeepTokenInference: one endpoint for every model",
    template: "%s · DeepTokenInference",
  },
  description:
    "One OpenAI-compatible endpoint in front of every model and provider, paid for from a prepaid balance.",
  applicationName: "DeepTokenInference Gateway",
};

export const viewport: Viewport = {
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#fbfbfa" },
    { media: "(prefers-color-scheme: dark)", color: "#0c0d0f" },
  ],
};

export default async function RootLayout({ children }: { readonly children: ReactNode }) {
  // Every page is drawn for its request: a nonce that was built in would be no secret.
  await connection();
  return (
    // The script below sets data-theme before React looks at the element.
    <html lang="en" className={fontVariables} suppressHydrationWarning>
      <head>
        {/* biome-ignore lint/security/noDangerouslySetInnerHtml: a constant of ours, see theme-script.ts */}
        <script dangerouslySetInnerHTML={{ __html: THEME_SCRIPT }} />
      </head>
      <body>
        <div className="app-root">{children}</div>
        <Hints />
      </body>
    </html>
  );
}
