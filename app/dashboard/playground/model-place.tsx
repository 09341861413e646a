"use client";

import { Code, X } from "lucide-react";
import { useEffect, useRef } from "react";
import { Badge } from "@/app/_ui/badge";
import { Card } from "@/app/_ui/card";
import { IconButton } from "@/app/_ui/icon-button";
import { Money } from "@/app/_ui/money";
import { Select } from "@/app/_ui/select";
import { AnswerView } from "./answer-view";
import type { Exchange } from "./conversation";
import type { PlaygroundModel } from "./playground-screen";
import { ignoredBy, type Settings } from "./request-body";

interface ModelPlaceProps {
  readonly place: { readonly id: string; readonly model: PlaygroundModel };
  readonly models: readonly PlaygroundModel[];
  readonly exchanges: readonly Exchange[];
  readonly settings: Settings;
  readonly isLocked: boolean;
  readonly onReplace: (slug: string) => void;
  /** Absent for the only one. */
  readonly onRemove?: (() => void) | undefined;
  readonly onCode: () => void;
}

/** One model: what it costs, and the conversation with it. */
export function ModelPlace({
  place: { id, model },
  models,
  exchanges,
  settings,
  isLocked,
  onReplace,
  onRemove,
  onCode,
}: ModelPlaceProps) {
  const ignored = ignoredBy(model, settings);
  return (
    <Card className="flex min-w-0 flex-col p-0">
      <section aria-label={model.name} className="flex min-h-0 flex-1 flex-col">
        <header className="grid gap-2 border-line border-b p-4">
          <div className="flex items-center gap-1">
            <Select
              label="Model"
              hideLabel
              value={model.slug}
              options={models.map(({ slug, name }) => ({ value: slug, label: name }))}
              onValueChange={onReplace}
              disabled={isLocked}
              className="flex-1"
            />
            <IconButton
              label={`Code for ${model.name}`}
              icon={<Code aria-hidden="true" />}
              onClick={onCode}
            />
            {onRemove && (
              <IconButton
                label={`Remove ${model.name}`}
                icon={<X aria-hidden="true" />}
                onClick={onRemove}
                disabled={isLocked}
              />
            )}
          </div>
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-ink-2 text-sm">
            <span>
              From <Money nanoUsd={model.price.input} precision="fine" /> in and{" "}
              <Money nanoUsd={model.price.output} precision="fine" /> out per million tokens
            </span>
            {model.isSimulated && <Badge tone="neutral">Simulated</Badge>}
          </p>
          {ignored.length > 0 && (
            <p className="text-sm text-warning">Does not take: {ignored.join(", ")}. Left out for it.</p>
          )}
        </header>
        <Talk id={id} exchanges={exchanges} name={model.name} />
      </section>
    </Card>
  );
}

function Talk({
  id,
  exchanges,
  name,
}: {
  readonly id: string;
  readonly exchanges: readonly Exchange[];
  readonly name: string;
}) {
  const box = useRef<HTMLElement>(null);
  const own = exchanges.filter(({ answers }) => answers[id]);
  const count = own.length;
  useEffect(() => {
    // The box and not the page: the places beside it would pull the page to and fro.
    if (count > 0 && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [count]);
  return (
    <section
      ref={box}
      aria-label={`Conversation with ${name}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls has to be reachable by keyboard
      tabIndex={0}
      className="max-h-[32rem] min-h-48 flex-1 overflow-y-auto p-4 focus-visible:-outline-offset-2"
    >
      {count === 0 ? (
        <p className="text-ink-2 text-sm">Its answers appear here, each with what it cost.</p>
      ) : (
        <ol className="grid gap-5">
          {own.map((exchange) => {
            const answer = exchange.answers[id];
            return (
              <li key={exchange.id} className="grid gap-3">
                <Message exchange={exchange} />
                {answer && <AnswerView answer={answer} />}
              </li>
            );
          })}
        </ol>
      )}
    </section>
  );
}

function Message({ exchange }: { readonly exchange: Exchange }) {
  return (
    <div className="ml-auto grid max-w-[85%] gap-2 rounded-lg bg-hover px-3 py-2">
      <p className="whitespace-pre-wrap wrap-anywhere">
        <span className="sr-only">You: </span>
        {exchange.text}
      </p>
      {exchange.images.length > 0 && (
        <ul className="flex flex-wrap gap-2" aria-label="Images">
          {exchange.images.map((image, index) => (
            <li key={image.slice(-64)}>
              {/* biome-ignore lint/performance/noImgElement: a data URL that the person chose has nothing to optimise */}
              <img src={image} alt={`Attached, number ${index + 1}`} className="h-20 rounded-md" />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
