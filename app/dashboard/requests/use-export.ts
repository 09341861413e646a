"use client";

import { useRef, useState } from "react";
import { namedOrganization } from "@/app/_trpc/session-client";
import { useActor } from "../_parts/actor";
import { readToBlob, type SaveProgress, saveBlob } from "./save-stream";

export type ExportFormat = "csv" | "ndjson";

export type ExportState =
  | { readonly step: "choosing" }
  | ({ readonly step: "running"; readonly expected: number | null } & SaveProgress)
  | ({ readonly step: "done" } & SaveProgress)
  | { readonly step: "failed"; readonly message: string };

/** Takes the log out as a file, and can be stopped. */
export function useExport(filters: Readonly<Record<string, string>>) {
  const { organizationId } = useActor();
  const [state, setState] = useState<ExportState>({ step: "choosing" });
  const running = useRef<AbortController | null>(null);

  const stop = () => {
    running.current?.abort();
    running.current = null;
    setState({ step: "choosing" });
  };

  const start = async (format: ExportFormat) => {
    const abort = new AbortController();
    running.current = abort;
    setState({ step: "running", expected: null, rows: 0, bytes: 0 });
    try {
      const response = await fetch("/api/downloads/requests", {
        method: "POST",
        headers: { "content-type": "application/json", ...namedOrganization(organizationId) },
        body: JSON.stringify({ format, ...filters }),
        signal: abort.signal,
      });
      if (!response.ok) return setState({ step: "failed", message: await messageOf(response) });
      const expected = expectedRows(response);
      let last: SaveProgress = { rows: 0, bytes: 0 };
      const blob = await readToBlob(response, format === "csv" ? 1 : 0, (progress) => {
        last = progress;
        setState({ step: "running", expected, ...progress });
      });
      saveBlob(blob, nameOf(response, format));
      setState({ step: "done", ...last });
    } catch {
      // Stopping is no failure.
      if (!abort.signal.aborted)
        setState({ step: "failed", message: "The connection broke before the file was whole. Try again." });
    }
  };

  return { state, start, stop };
}

function expectedRows(response: Response): number | null {
  const text = response.headers.get("x-expected-rows");
  return text === null ? null : Number(text);
}

function nameOf(response: Response, format: ExportFormat): string {
  const disposition = response.headers.get("content-disposition") ?? "";
  return /filename="([^"]+)"/.exec(disposition)?.[1] ?? `requests.${format}`;
}

async function messageOf(response: Response): Promise<string> {
  const body = (await response.json().catch(() => null)) as { error?: { message?: string } } | null;
  return body?.error?.message ?? "The export could not be made. Try again.";
}
