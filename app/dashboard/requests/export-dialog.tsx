"use client";

import { useState } from "react";
import { Button } from "@/app/_ui/button";
import { Dialog } from "@/app/_ui/dialog";
import { Select } from "@/app/_ui/select";
import { toCount } from "../_format/numbers";
import { type ExportFormat, type ExportState, useExport } from "./use-export";

interface ExportDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  /** Those of the list. */
  readonly filters: Readonly<Record<string, string>>;
}

const FORMATS = [
  { value: "csv", label: "CSV, for spreadsheets" },
  { value: "ndjson", label: "NDJSON, with attempts, for programs" },
] as const;

/** The log as a file: what the list shows, and all pages of it. */
export function ExportDialog({ open, onClose, filters }: ExportDialogProps) {
  const [format, setFormat] = useState<ExportFormat>("csv");
  const { state, start, stop } = useExport(filters);
  const isRunning = state.step === "running";
  const names = Object.keys(filters);
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        if (next) return;
        stop();
        onClose();
      }}
      title="Export requests"
      description={
        names.length === 0
          ? "Every request that has ended, newest first."
          : `Every request that has ended and matches the filters (${names.join(", ")}), newest first.`
      }
    >
      <div className="grid gap-5">
        <Select
          label="Format"
          value={format}
          options={FORMATS}
          onValueChange={(value) => setFormat(value as ExportFormat)}
          disabled={isRunning}
        />
        <p className="text-ink-2 text-sm">
          No prompts or answers are in it. The audit trail will say that you took it.
        </p>
        {isRunning && <Bar rows={state.rows} expected={state.expected} />}
        <div className="flex items-center justify-between gap-4">
          <Status state={state} />
          {isRunning ? (
            <Button variant="secondary" onClick={stop}>
              Stop
            </Button>
          ) : (
            <Button onClick={() => void start(format)}>
              {state.step === "choosing" ? "Export" : "Export again"}
            </Button>
          )}
        </div>
      </div>
    </Dialog>
  );
}

function Status({ state }: { readonly state: ExportState }) {
  return (
    <div className="min-w-0 text-sm">
      <p role="status">
        {state.step === "running" && `${requestsOf(state.rows)}, ${sizeOf(state.bytes)}`}
        {state.step === "done" && `Saved: ${requestsOf(state.rows)}, ${sizeOf(state.bytes)}.`}
      </p>
      {state.step === "failed" && (
        <p role="alert" className="text-negative">
          {state.message}
        </p>
      )}
    </div>
  );
}

/** Without a known end it only says that something moves. */
function Bar({ rows, expected }: { readonly rows: number; readonly expected: number | null }) {
  const share = expected ? Math.min(1, rows / expected) : undefined;
  return (
    <progress
      aria-label="Export"
      className="h-1.5 w-full accent-(--color-accent)"
      {...(share === undefined ? {} : { value: share, max: 1 })}
    />
  );
}

function requestsOf(rows: number): string {
  return rows === 1 ? "1 request" : `${toCount(rows)} requests`;
}

function sizeOf(bytes: number): string {
  return bytes < 1_000_000
    ? `${toCount(Math.ceil(bytes / 1_000))} kB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
