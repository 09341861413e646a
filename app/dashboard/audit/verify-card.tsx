"use client";

import { useQuery } from "@tanstack/react-query";
import { CircleCheck, ShieldAlert } from "lucide-react";
import { useRef, useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Card } from "@/app/_ui/card";
import { CopyButton } from "@/app/_ui/copy-button";
import { toCount } from "../_format/numbers";
import { MutationError } from "../_parts/mutation-error";
import { type FileCheck, verifyFile } from "./verify-file";

/** Walks the whole chain when asked, and says what came out. */
export function VerifyCard() {
  const trpc = useTRPC();
  const check = useQuery(trpc.audit.verify.queryOptions(undefined, { enabled: false, staleTime: 0 }));
  const result = check.data;
  const [fileCheck, setFileCheck] = useState<FileCheck | null>(null);
  return (
    <Card className="grid gap-3 p-5">
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <div className="grid min-w-0 gap-1">
          <h2 className="font-medium">Is the trail whole?</h2>
          <p className="text-ink-2 text-sm">
            Recomputes every hash from the first change to the last; or those of an NDJSON export, in this
            browser and without us.
          </p>
        </div>
        <div className="flex flex-wrap gap-2">
          <VerifyFileButton onChecked={setFileCheck} />
          <Button variant="secondary" loading={check.isFetching} onClick={() => void check.refetch()}>
            Verify now
          </Button>
        </div>
      </div>
      <div role="status" className="grid gap-2 text-sm empty:hidden">
        {result &&
          (result.fault ? (
            <p className="flex items-center gap-2 text-negative">
              <ShieldAlert aria-hidden="true" className="size-4 shrink-0" />
              Link {result.fault.sequence} is {result.fault.fault}. {toCount(result.links)} links before it
              are as they were written.
            </p>
          ) : (
            <p className="flex items-center gap-2 text-positive">
              <CircleCheck aria-hidden="true" className="size-4 shrink-0" />
              All {toCount(result.links)}{" "}
              {result.links === 1 ? "link is as it was" : "links are as they were"} written.
            </p>
          ))}
        {result?.headHash && (
          <p className="flex items-center gap-1 text-ink-2">
            <span className="min-w-0 break-all">
              Last hash <code className="font-mono text-xs">{result.headHash}</code>
            </span>
            <CopyButton value={result.headHash} label="Copy the last hash" />
          </p>
        )}
      </div>
      <p role="status" className="break-all text-sm empty:hidden">
        {fileCheck && fileText(fileCheck)}
      </p>
      {check.isError && <MutationError error={check.error} />}
    </Card>
  );
}

function VerifyFileButton({ onChecked }: { readonly onChecked: (check: FileCheck) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const [isChecking, setChecking] = useState(false);
  const verify = async (file: File | undefined) => {
    if (!file) return;
    setChecking(true);
    onChecked(await verifyFile(file));
    setChecking(false);
  };
  return (
    <>
      <input
        ref={input}
        type="file"
        accept=".ndjson,application/x-ndjson"
        tabIndex={-1}
        aria-hidden="true"
        className="hidden"
        onChange={(event) => {
          void verify(event.target.files?.[0]);
          event.target.value = "";
        }}
      />
      <Button variant="secondary" loading={isChecking} onClick={() => input.current?.click()}>
        Verify a file
      </Button>
    </>
  );
}

function fileText({ links, headHash, fault }: FileCheck): string {
  if (fault) return `The file is not whole: line ${fault.line} is ${FAULTS[fault.reason]}.`;
  if (headHash === null) return "The file holds no links.";
  return `The file is whole: ${toCount(links)} ${links === 1 ? "link" : "links"}, the last hash is ${headHash}.`;
}

const FAULTS: Readonly<Record<NonNullable<FileCheck["fault"]>["reason"], string>> = {
  unreadable: "no link",
  gap: "not the next link",
  broken: "not linked to the one before",
  altered: "not as it was written",
};
