"use client";

import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import { type ChangeEvent, useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Banner } from "@/app/_ui/banner";
import { Button } from "@/app/_ui/button";
import { Card } from "@/app/_ui/card";
import { Field, Input } from "@/app/_ui/field";
import { PageHeader } from "@/app/_ui/page-header";
import { MutationError } from "@/app/dashboard/_parts/mutation-error";
import { useAct } from "../_parts/use-act";
import { ImportDifference } from "./import-difference";

/** Brings in a catalogue file after it has shown what that would change. */
export function ImportScreen() {
  const trpc = useTRPC();
  const after = useAct();
  const [file, setFile] = useState<{ readonly name: string; readonly text: string } | null>(null);
  const preview = useMutation(trpc.operator.catalog.previewImport.mutationOptions());
  const run = useMutation(trpc.operator.catalog.import.mutationOptions(after()));
  const choose = async (event: ChangeEvent<HTMLInputElement>) => {
    const [chosen] = event.target.files ?? [];
    preview.reset();
    run.reset();
    if (!chosen) return setFile(null);
    const text = await chosen.text();
    setFile({ name: chosen.name, text });
    preview.mutate({ file: text });
  };
  const shown = run.data ?? preview.data;
  return (
    <>
      <PageHeader
        title="Import"
        description="A catalogue file adds and updates models, providers and endpoints, and removes nothing. Prices that differ become proposals, which another operator publishes."
      />
      <Card className="grid gap-5 p-5">
        <Field
          label="Catalogue file"
          hint="JSON, as in db/seed/catalogue.json. Nothing is kept before you import it."
        >
          <Input
            type="file"
            accept="application/json,.json"
            onChange={(event) => void choose(event)}
            className="h-auto py-2"
          />
        </Field>
        <MutationError error={preview.error ?? run.error} />
        {preview.isPending && (
          <p role="status" className="text-ink-2">
            Comparing {file?.name} with the catalogue…
          </p>
        )}
        {run.data && (
          <Banner tone="info">
            {file?.name} was imported. Its prices wait under{" "}
            <Link href="/operator/prices" className="underline underline-offset-4">
              Price proposals
            </Link>
            .
          </Banner>
        )}
        {preview.data && !run.data && (
          <div>
            <Button loading={run.isPending} onClick={() => file && run.mutate({ file: file.text })}>
              Import {file?.name}
            </Button>
          </div>
        )}
      </Card>
      {shown && <ImportDifference difference={shown} />}
    </>
  );
}
