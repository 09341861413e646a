"use client";

import { type FormEvent, type ReactNode, useState } from "react";
import { toApiError } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Checkbox } from "@/app/_ui/checkbox";
import { Dialog } from "@/app/_ui/dialog";
import { Field, Input } from "@/app/_ui/field";
import { HoldDialog } from "@/app/_ui/hold-dialog";
import { Select, type SelectOption } from "@/app/_ui/select";
import { Textarea } from "@/app/_ui/textarea";
import { MutationError } from "@/app/dashboard/_parts/mutation-error";

/** One field of a form. Its value is a text; a box that is ticked says `yes`. */
export interface FieldSpec {
  readonly name: string;
  readonly label: string;
  readonly hint?: ReactNode;
  readonly kind?: "text" | "long" | "date" | "secret" | "select" | "check";
  readonly options?: readonly SelectOption[];
  readonly initial?: string;
}

export type Values = Readonly<Record<string, string>>;

interface FormDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  /** Names the thing that is meant. */
  readonly title: string;
  /** What happens, and whether it can be undone. */
  readonly children?: ReactNode;
  readonly fields: readonly FieldSpec[];
  readonly submit: string;
  /** Leaves everything as it is. */
  readonly cancel?: string;
  readonly tone?: "primary" | "danger";
  readonly isPending: boolean;
  readonly error: unknown;
  readonly onSubmit: (values: Values) => void;
}

/** Asks for a few values before an act. The server judges them; what it says stands beside the field. */
export function FormDialog({ open, onClose, title, ...form }: FormDialogProps) {
  return (
    <Dialog open={open} onOpenChange={(next) => !next && onClose()} title={title}>
      <DialogForm {...form} onClose={onClose} />
    </Dialog>
  );
}

/** Mounted with the dialog, so that it starts with the values as they are now. */
function DialogForm({
  children,
  fields,
  submit,
  cancel = "Cancel",
  tone,
  isPending,
  error,
  onSubmit,
  onClose,
}: Omit<FormDialogProps, "open" | "title">) {
  const [values, setValues] = useState<Values>(() =>
    Object.fromEntries(fields.map(({ name, initial }) => [name, initial ?? ""])),
  );
  const known = error ? toApiError(error) : null;
  const isNamed = fields.some(({ name }) => known?.fields[name]);
  const send = (event: FormEvent) => {
    event.preventDefault();
    onSubmit(values);
  };
  return (
    <form onSubmit={send} className="grid gap-5" noValidate>
      <HoldDialog />
      {children && <div className="grid gap-2 text-ink-2">{children}</div>}
      {fields.map((field) => (
        <Control
          key={field.name}
          field={field}
          value={values[field.name] ?? ""}
          error={known?.fields[field.name]}
          onChange={(value) => setValues((before) => ({ ...before, [field.name]: value }))}
        />
      ))}
      {!isNamed && <MutationError error={error} />}
      <div className="flex flex-wrap justify-end gap-2">
        <Button variant="ghost" disabled={isPending} onClick={onClose}>
          {cancel}
        </Button>
        <Button type="submit" variant={tone ?? "primary"} loading={isPending}>
          {submit}
        </Button>
      </div>
    </form>
  );
}

interface ControlProps {
  readonly field: FieldSpec;
  readonly value: string;
  readonly error: string | undefined;
  readonly onChange: (value: string) => void;
}

function Control({ field, value, error, onChange }: ControlProps) {
  const { label, hint, kind = "text", options = [] } = field;
  if (kind === "check")
    return (
      <Checkbox
        label={label}
        checked={value === "yes"}
        onCheckedChange={(isTicked) => onChange(isTicked ? "yes" : "")}
      />
    );
  if (kind === "select")
    return <Select label={label} value={value} options={options} onValueChange={onChange} />;
  const type = kind === "secret" ? "password" : kind === "date" ? "date" : "text";
  return (
    <Field label={label} hint={hint} error={error}>
      {kind === "long" ? (
        <Textarea rows={3} value={value} onChange={(event) => onChange(event.target.value)} />
      ) : (
        <Input
          type={type}
          {...(kind === "date" && { max: "9999-12-31" })}
          value={value}
          autoComplete={kind === "secret" ? "new-password" : "off"}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
