"use client";

import { Card } from "@/app/_ui/card";
import { Field, Input } from "@/app/_ui/field";
import { Select } from "@/app/_ui/select";
import { Textarea } from "@/app/_ui/textarea";
import type { ChatModel, Settings } from "./request-body";

interface SettingsPanelProps {
  readonly settings: Settings;
  readonly onChange: (settings: Settings) => void;
  readonly problems: Partial<Record<keyof Settings, string>>;
  /** The models side by side: what none of them takes is not offered. */
  readonly models: readonly ChatModel[];
}

const EFFORTS = [
  { value: "", label: "The model's own" },
  { value: "low", label: "Low" },
  { value: "medium", label: "Medium" },
  { value: "high", label: "High" },
] as const;

/** What goes along with every message. Empty fields are left to the model. */
export function SettingsPanel({ settings, onChange, problems, models }: SettingsPanelProps) {
  const set = (change: Partial<Settings>) => onChange({ ...settings, ...change });
  const takes = (...names: string[]) =>
    models.some(({ supportedParameters }) => names.some((name) => supportedParameters.includes(name)));
  return (
    <Card className="grid gap-4 p-4">
      <h2 className="font-medium">Settings</h2>
      <Field label="System">
        <Textarea
          rows={3}
          value={settings.system}
          onChange={(event) => set({ system: event.target.value })}
          placeholder="You are a patient teacher."
        />
      </Field>
      {takes("temperature") && (
        <Field label="Temperature" error={problems.temperature}>
          <Input
            inputMode="decimal"
            value={settings.temperature}
            onChange={(event) => set({ temperature: event.target.value.trim() })}
            placeholder="The model's own"
          />
        </Field>
      )}
      <Field label="Most tokens to answer" error={problems.maxTokens}>
        <Input
          inputMode="numeric"
          value={settings.maxTokens}
          onChange={(event) => set({ maxTokens: event.target.value.trim() })}
          placeholder="What is affordable"
        />
      </Field>
      {takes("reasoning_effort", "reasoning") && (
        <Select
          label="Reasoning effort"
          value={settings.effort}
          options={EFFORTS}
          onValueChange={(effort) => set({ effort: effort as Settings["effort"] })}
        />
      )}
      {takes("structured_outputs", "response_format") && (
        <Field label="JSON schema" error={problems.schema} hint="The answer follows it.">
          <Textarea
            rows={4}
            className="font-mono text-xs"
            spellCheck={false}
            value={settings.schema}
            onChange={(event) => set({ schema: event.target.value })}
            placeholder={'{ "type": "object" }'}
          />
        </Field>
      )}
    </Card>
  );
}
