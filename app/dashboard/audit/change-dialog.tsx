"use client";

import { CopyButton } from "@/app/_ui/copy-button";
import { Dialog } from "@/app/_ui/dialog";
import { toActionName } from "./action-names";
import type { AuditItem } from "./audit-rows";
import { differencesOf } from "./differences";

interface ChangeDialogProps {
  readonly change: AuditItem | null;
  readonly onClose: () => void;
}

/** One change in full: what it was, what it became, and its place in the chain. */
export function ChangeDialog({ change, onClose }: ChangeDialogProps) {
  return (
    <Dialog
      open={change !== null}
      onOpenChange={(open) => !open && onClose()}
      title={change ? toActionName(change.action) : ""}
      description={change ? `${change.targetLabel}, by ${change.actorLabel}` : undefined}
      className="max-w-2xl"
    >
      {change && (
        <div className="grid gap-5">
          <Differences change={change} />
          <dl className="grid gap-3 text-sm">
            <Fact name="Time (UTC)" value={change.createdAt.toISOString()} />
            <Fact name={`Id of the ${change.targetKind.replaceAll("_", " ")}`} value={change.targetId} />
            {change.ip && <Fact name="Address" value={change.ip} />}
            <Fact name="Link" value={String(change.sequence)} />
            <Fact name="Hash of the link before" value={change.previousHash} />
            <Fact name="Hash" value={change.hash} />
          </dl>
        </div>
      )}
    </Dialog>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div className="grid gap-0.5">
      <dt className="text-ink-2">{name}</dt>
      <dd className="flex items-center gap-1">
        <code className="min-w-0 break-all font-mono text-xs">{value}</code>
        <CopyButton value={value} label={`Copy ${name.toLowerCase()}`} />
      </dd>
    </div>
  );
}

function Differences({ change }: { readonly change: AuditItem }) {
  const rows = differencesOf(change.before, change.after);
  if (rows.length === 0) return <p className="text-ink-2">The action itself says all of it.</p>;
  return (
    <section
      aria-label="Before and after"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls has to be reachable by keyboard
      tabIndex={0}
      className="max-h-80 overflow-auto rounded-lg border border-line"
    >
      <table className="w-full text-sm">
        <caption className="sr-only">Before and after</caption>
        <thead className="border-line border-b bg-sunken text-left text-ink-2 text-xs">
          <tr>
            <th scope="col" className="px-3 py-2 font-medium">
              Field
            </th>
            <th scope="col" className="px-3 py-2 font-medium">
              Before
            </th>
            <th scope="col" className="px-3 py-2 font-medium">
              After
            </th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {rows.map(({ field, before, after }) => (
            <tr key={field} className="align-top">
              <th scope="row" className="break-words px-3 py-2 text-left font-mono font-normal text-xs">
                {field}
              </th>
              <td className="break-all px-3 py-2 font-mono text-ink-2 text-xs">{before}</td>
              <td className="break-all px-3 py-2 font-mono text-xs">{after}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
