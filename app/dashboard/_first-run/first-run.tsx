"use client";

import Link from "next/link";
import { type ReactNode, useState } from "react";
import { Button } from "@/app/_ui/button";
import { buttonStyles } from "@/app/_ui/button-styles";
import { Card } from "@/app/_ui/card";
import { CodeTabs } from "@/app/_ui/code-tabs";
import type { OverviewSummary } from "../_overview/overview-screen";
import { CreateKeyDialog } from "../keys/create-key-dialog";
import { FirstRequestPulse } from "./first-request-pulse";
import { KEY_PLACEHOLDER, toSnippets } from "./snippets";

interface FirstRunProps {
  readonly summary: Pick<OverviewSummary, "firstRun" | "baseUrl" | "exampleModel">;
  readonly firstRequestId: string | null;
}

/** The way from a new account to the first request: four steps, each ticked by what is true in the database. */
export function FirstRun({ summary, firstRequestId }: FirstRunProps) {
  const { hasMoney, hasKey } = summary.firstRun;
  const [secret, setSecret] = useState<string | null>(null);
  const [isCreating, setCreating] = useState(false);
  return (
    <Card className="grid gap-6 p-5 sm:p-6">
      <div>
        <h2 className="font-medium text-lg">Your first request</h2>
        <p className="text-ink-2">
          Change the base URL and the key. Everything else in your code stays as it is.
        </p>
      </div>
      <ol className="grid gap-5">
        <Step number={1} isDone title="Verify your e-mail address" />
        <Step
          number={2}
          isDone={hasMoney}
          title="Top up your balance"
          text="Ten dollars are enough to try every model."
        >
          {!hasMoney && (
            <Link href="/dashboard/billing" className={buttonStyles({ variant: "primary", size: "sm" })}>
              Top up
            </Link>
          )}
        </Step>
        <Step
          number={3}
          isDone={hasKey}
          title="Create an API key"
          text="Shown once, then only its hash is kept."
        >
          {!hasKey && (
            <Button size="sm" variant={hasMoney ? "primary" : "secondary"} onClick={() => setCreating(true)}>
              Create key
            </Button>
          )}
        </Step>
        <Step number={4} isDone={firstRequestId !== null} title="Send a request">
          {summary.exampleModel && (
            <>
              <CodeTabs
                label="Language"
                className="w-full"
                samples={toSnippets({
                  baseUrl: summary.baseUrl,
                  apiKey: secret ?? KEY_PLACEHOLDER,
                  model: summary.exampleModel,
                })}
              />
              {secret === null && (
                <p className="text-ink-2 text-sm">
                  Put your key where it says <code className="font-mono">{KEY_PLACEHOLDER}</code>. A key made
                  on this page is filled in for you.
                </p>
              )}
            </>
          )}
          <FirstRequestPulse requestId={firstRequestId} />
        </Step>
      </ol>
      <CreateKeyDialog
        open={isCreating}
        onOpenChange={setCreating}
        onCreated={setSecret}
        suggestedName="My first key"
      />
    </Card>
  );
}

interface StepProps {
  readonly number: number;
  readonly isDone: boolean;
  readonly title: string;
  readonly text?: string;
  readonly children?: ReactNode;
}

function Step({ number, isDone, title, text, children }: StepProps) {
  return (
    <li className="grid grid-cols-[1.75rem_minmax(0,1fr)] gap-x-3">
      <span
        aria-hidden="true"
        className={`grid size-7 place-items-center rounded-full text-sm tabular-nums ${
          isDone ? "bg-positive-soft text-positive" : "border border-line-strong text-ink-2"
        }`}
      >
        {isDone ? "✓" : number}
      </span>
      <div className="grid justify-items-start gap-3">
        <p className="pt-0.5">
          <span className="font-medium">{title}</span>
          <span className="sr-only">{isDone ? ", done" : ", to do"}</span>
          {text && !isDone && <span className="block text-ink-2 text-sm">{text}</span>}
        </p>
        {children}
      </div>
    </li>
  );
}
