"use client";

import { createContext, type ReactNode, useContext, useMemo, useState } from "react";
import type { CodeLanguage } from "@/app/_ui/highlight";
import { KEY_PLACEHOLDER } from "@/app/dashboard/_first-run/snippets";
import { KEY_IN } from "../_samples/sample-set";

interface DocsKey {
  readonly apiKey: string | null;
  readonly setApiKey: (apiKey: string | null) => void;
}

const Context = createContext<DocsKey>({ apiKey: null, setApiKey: () => {} });

/** The reader's key for the samples: kept in this page's memory only, gone with a reload, and never stored or sent. */
export function DocsKeyProvider({ children }: { readonly children: ReactNode }) {
  const [apiKey, setApiKey] = useState<string | null>(null);
  const value = useMemo(() => ({ apiKey, setApiKey }), [apiKey]);
  return <Context value={value}>{children}</Context>;
}

export const useDocsKey = () => useContext(Context);

/** A sample with the reader's key in the place of the environment variable or the placeholder. */
export function withKey(code: string, language: CodeLanguage, apiKey: string | null): string {
  if (apiKey === null) return code;
  const variable = Object.hasOwn(KEY_IN, language) ? KEY_IN[language as keyof typeof KEY_IN] : undefined;
  const quoted = language === "bash" ? apiKey : JSON.stringify(apiKey);
  const filled = variable === undefined ? code : code.replaceAll(variable, quoted);
  return filled.replaceAll(KEY_PLACEHOLDER, apiKey);
}
