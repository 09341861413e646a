"use client";

import { Checkbox } from "@/app/_ui/checkbox";
import { Field, Input } from "@/app/_ui/field";
import { Textarea } from "@/app/_ui/textarea";
import { rolesWith } from "@/server/organizations/permissions";
import { toRoleName } from "../members/roles";
import { Section, type SectionProps } from "./section";

export function KeySection({ draft, set, isReadOnly }: SectionProps) {
  return (
    <Section
      title="Keys"
      text="Rules for new keys, and the addresses from which all keys may be used. Keys that exist keep their expiry."
    >
      <fieldset className="grid gap-3">
        <legend className="mb-2 font-medium text-sm">Who may create keys</legend>
        {rolesWith("keys.create").map((role) => (
          <Checkbox
            key={role}
            label={toRoleName(role)}
            checked={draft.mayCreate.includes(role)}
            disabled={isReadOnly}
            onCheckedChange={(isIn) =>
              set({
                mayCreate: isIn
                  ? [...draft.mayCreate, role]
                  : draft.mayCreate.filter((other) => other !== role),
              })
            }
          />
        ))}
      </fieldset>
      <Field label="Days that a key may live" hint="Empty: keys need no end.">
        <Input
          type="number"
          inputMode="numeric"
          min={1}
          max={3650}
          readOnly={isReadOnly}
          value={draft.maxLifetimeDays}
          onChange={(event) => set({ maxLifetimeDays: event.target.value })}
        />
      </Field>
      <Field
        label="Most that a key may spend a calendar month, in US dollars"
        hint="Empty: no such rule. Every key gets a hard budget of it, those that exist too; nobody can loosen it."
      >
        <Input
          inputMode="decimal"
          autoComplete="off"
          readOnly={isReadOnly}
          value={draft.maxKeyBudget}
          onChange={(event) => set({ maxKeyBudget: event.target.value })}
        />
      </Field>
      <Field
        label="Addresses"
        hint="IP addresses or ranges, one per line, such as 192.0.2.0/24 or 2001:db8::/48. Empty: everywhere. The website is not affected."
      >
        <Textarea
          rows={3}
          readOnly={isReadOnly}
          value={draft.ipAllowlist}
          onChange={(event) => set({ ipAllowlist: event.target.value })}
        />
      </Field>
    </Section>
  );
}

export function MoneySection({ draft, set, isReadOnly }: SectionProps) {
  return (
    <Section title="Top-ups" text="Who has to agree before a larger amount is paid.">
      <Field
        label="Top-ups above this wait for approval, in US dollars"
        hint="Empty: none waits. An owner or an admin decides, never about their own; an owner's own do not wait. An auto-recharge of more can only be switched on by an owner."
      >
        <Input
          inputMode="decimal"
          autoComplete="off"
          readOnly={isReadOnly}
          value={draft.approvalAbove}
          onChange={(event) => set({ approvalAbove: event.target.value })}
        />
      </Field>
    </Section>
  );
}

export function PeopleSection({ draft, set, isReadOnly }: SectionProps) {
  return (
    <Section title="Members" text="How members prove who they are.">
      <div className="grid gap-1">
        <Checkbox
          label="Require two-factor sign-in"
          checked={draft.requireTwoFactor}
          disabled={isReadOnly}
          onCheckedChange={(requireTwoFactor) => set({ requireTwoFactor })}
        />
        <p className="pl-7.5 text-ink-2 text-sm">
          Members without it see nothing of this organization until they have set it up. Their keys go on.
        </p>
      </div>
    </Section>
  );
}
