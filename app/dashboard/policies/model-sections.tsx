"use client";

import { Checkbox } from "@/app/_ui/checkbox";
import { Field, Input } from "@/app/_ui/field";
import { Textarea } from "@/app/_ui/textarea";
import { Section, type SectionProps } from "./section";

const LISTS = [
  ["allowedModels", "Allowed models", "Empty: every model. A prefix ends with *, such as openai/*."],
  ["blockedModels", "Blocked models", "Also those that a line of the first list would allow."],
  ["allowedProviders", "Allowed providers", "By their short name. Empty: every provider."],
  ["blockedProviders", "Blocked providers", "Never asked, also not as a fallback."],
] as const;

export function AccessSection({ draft, set, isReadOnly }: SectionProps) {
  return (
    <Section
      title="Models and providers"
      text="Others are refused with 403 before anything is spent. One entry per line. Routing keeps its own screen."
    >
      <div className="grid gap-5 sm:grid-cols-2">
        {LISTS.map(([field, label, hint]) => (
          <Field key={field} label={label} hint={hint}>
            <Textarea
              rows={3}
              readOnly={isReadOnly}
              value={draft[field]}
              onChange={(event) => set({ [field]: event.target.value })}
            />
          </Field>
        ))}
      </div>
    </Section>
  );
}

export function DataSection({ draft, set, isReadOnly }: SectionProps) {
  return (
    <Section
      title="Data"
      text="Where prompts may go, and whether we keep them. We keep none unless you say so here."
    >
      <div className="grid gap-3">
        <Checkbox
          label="Only providers that do not train on prompts"
          checked={draft.noTraining}
          disabled={isReadOnly}
          onCheckedChange={(noTraining) => set({ noTraining })}
        />
        <Checkbox
          label="Only providers that keep no prompts"
          checked={draft.zeroRetention}
          disabled={isReadOnly}
          onCheckedChange={(zeroRetention) => set({ zeroRetention })}
        />
        <Checkbox
          label="Keep prompts and answers in the request log"
          checked={draft.keepsPrompts}
          disabled={isReadOnly}
          onCheckedChange={(keepsPrompts) => set({ keepsPrompts })}
        />
      </div>
      {draft.keepsPrompts && (
        <Field
          label="Days that prompts are kept"
          hint="1 to 90. Owners, admins and developers can read them. Turning this off deletes all of them at once."
        >
          <Input
            type="number"
            inputMode="numeric"
            min={1}
            max={90}
            readOnly={isReadOnly}
            value={draft.retentionDays}
            onChange={(event) => set({ retentionDays: event.target.value })}
          />
        </Field>
      )}
    </Section>
  );
}
