"use client";

import { useState } from "react";
import { Checkbox } from "@/app/_ui/checkbox";

interface EventChoiceProps {
  readonly eventTypes: readonly string[];
  /** Names of events or `noun.*`; empty: all. */
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

/** All events, or some of them. */
export function EventChoice({ eventTypes, chosen, onChange }: EventChoiceProps) {
  const [isAll, setAll] = useState(chosen.length === 0);
  const isOn = (type: string) => chosen.includes(type) || chosen.includes(`${nounOf(type)}.*`);
  const toggle = (type: string, on: boolean) => {
    // A whole noun becomes its events, so that one of them can be taken out.
    const single = eventTypes.filter((each) => (each === type ? on : isOn(each)));
    onChange(single);
    if (single.length === 0) setAll(true);
  };
  return (
    <fieldset className="grid gap-3">
      <legend className="mb-1.5 font-medium text-sm">Events</legend>
      <Checkbox
        label="All events, also those that come later"
        checked={isAll}
        onCheckedChange={(on) => {
          setAll(on);
          onChange(on ? [] : [...eventTypes]);
        }}
      />
      {!isAll && (
        <section
          aria-label="Events to be told of"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls has to be reachable by keyboard
          tabIndex={0}
          className="grid max-h-56 gap-1.5 overflow-y-auto rounded-lg border border-line bg-sunken p-3"
        >
          {eventTypes.map((type) => (
            <Checkbox
              key={type}
              label={<code className="break-all font-mono text-sm">{type}</code>}
              checked={isOn(type)}
              onCheckedChange={(on) => toggle(type, on)}
            />
          ))}
        </section>
      )}
    </fieldset>
  );
}

function nounOf(type: string): string {
  return type.slice(0, type.indexOf("."));
}
