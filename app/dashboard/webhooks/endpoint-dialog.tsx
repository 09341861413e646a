"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { toApiError, useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Dialog } from "@/app/_ui/dialog";
import { Field, Input } from "@/app/_ui/field";
import { HoldDialog } from "@/app/_ui/hold-dialog";
import { SecretOnce } from "../_parts/secret-once";
import { EventChoice } from "./event-choice";
import type { EndpointItem } from "./words";

interface EndpointDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly eventTypes: readonly string[];
  /** The one to change; null to add one. */
  readonly endpoint: EndpointItem | null;
}

/** Adds an endpoint and shows its secret once, or changes one. */
export function EndpointDialog({ open, onClose, eventTypes, endpoint }: EndpointDialogProps) {
  const [secret, setSecret] = useState<string | null>(null);
  const close = () => {
    setSecret(null);
    onClose();
  };
  const title = secret ? "Copy the signing secret now" : endpoint ? "Change endpoint" : "Add an endpoint";
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && close()}
      mustBeAnswered={secret !== null}
      title={title}
    >
      {secret === null ? (
        <TermsForm endpoint={endpoint} eventTypes={eventTypes} onCancel={close} onSaved={setSecret} />
      ) : (
        <SecretOnce secret={secret} copyLabel="Copy secret" onDone={close}>
          Your server verifies messages with it. It is shown only now; if it is lost, rotate it.
        </SecretOnce>
      )}
    </Dialog>
  );
}

interface TermsFormProps {
  readonly endpoint: EndpointItem | null;
  readonly eventTypes: readonly string[];
  readonly onCancel: () => void;
  /** With the secret of a new endpoint. */
  readonly onSaved: (secret: string) => void;
}

function TermsForm({ endpoint, eventTypes, onCancel, onSaved }: TermsFormProps) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const [url, setUrl] = useState(endpoint?.url ?? "");
  const [description, setDescription] = useState(endpoint?.description ?? "");
  const [chosen, setChosen] = useState<readonly string[]>(endpoint?.eventTypes ?? []);
  const refresh = () => void cache.invalidateQueries({ queryKey: trpc.webhooks.pathKey() });
  const create = useMutation(
    trpc.webhooks.create.mutationOptions({
      onSuccess: (made) => {
        refresh();
        onSaved(made.secret);
      },
    }),
  );
  const update = useMutation(
    trpc.webhooks.update.mutationOptions({
      onSuccess: () => {
        refresh();
        onCancel();
      },
    }),
  );
  const isPending = create.isPending || update.isPending;
  const failed = create.error ?? update.error;
  const error = failed ? toApiError(failed) : null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const terms = { url, description, eventTypes: [...chosen] };
    if (endpoint) update.mutate({ endpointId: endpoint.id, ...terms });
    else create.mutate(terms);
  };
  return (
    <form onSubmit={submit} className="grid gap-5" noValidate>
      <HoldDialog />
      <Field
        label="URL"
        hint="https, at a host name of the public internet, port 443 or 8443. Redirects are not followed."
        error={error?.fields.url ?? (error?.fields.description ? undefined : error?.message)}
      >
        <Input
          type="url"
          inputMode="url"
          value={url}
          onChange={(event) => setUrl(event.target.value)}
          placeholder="https://example.com/hooks"
          autoComplete="off"
          autoFocus
        />
      </Field>
      <Field
        label="Description"
        hint="Optional. Only your organization sees it."
        error={error?.fields.description}
      >
        <Input
          value={description}
          onChange={(event) => setDescription(event.target.value)}
          maxLength={200}
          autoComplete="off"
        />
      </Field>
      <EventChoice eventTypes={eventTypes} chosen={chosen} onChange={setChosen} />
      <div className="flex flex-wrap justify-end gap-2">
        <Button variant="ghost" disabled={isPending} onClick={onCancel}>
          Cancel
        </Button>
        <Button type="submit" loading={isPending}>
          {endpoint ? "Save" : "Add endpoint"}
        </Button>
      </div>
    </form>
  );
}
