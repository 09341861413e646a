"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { parseAsArrayOf, parseAsString, useQueryState } from "nuqs";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { ButtonLink } from "@/app/_ui/button-link";
import { Card } from "@/app/_ui/card";
import { EmptyState } from "@/app/_ui/empty-state";
import { Money } from "@/app/_ui/money";
import { PageHeader } from "@/app/_ui/page-header";
import { Skeleton } from "@/app/_ui/skeleton";
import type { AppRouter } from "@/server/trpc";
import { QueryView } from "../_parts/query-view";
import { CodeDialog } from "./code-dialog";
import { Composer } from "./composer";
import { ModelPlace } from "./model-place";
import { NO_SETTINGS, problemsOf } from "./request-body";
import { SettingsPanel } from "./settings-panel";
import { type Place, useConversation } from "./use-conversation";

export type PlaygroundStart = inferRouterOutputs<AppRouter>["playground"]["start"];
export type PlaygroundModel = PlaygroundStart["models"][number];

const MOST_PLACES = 4;
const FIRST_MODEL = "openai/gpt-4.1-mini";

/** Chat with up to four models side by side. Every answer is a request like a program's, and costs what it costs. */
export function PlaygroundScreen() {
  const trpc = useTRPC();
  const start = useQuery(trpc.playground.start.queryOptions(undefined, { staleTime: 0 }));
  return (
    <>
      <PageHeader
        title="Playground"
        description="Requests from here go the way of every other: policies, budgets and your balance apply, and each is listed under Requests."
        actions={
          start.data && (
            <p className="text-sm">
              <span className="text-ink-2">Balance </span>
              <Money nanoUsd={start.data.availableNanoUsd} precision="fine" />
            </p>
          )
        }
      />
      <QueryView query={start} skeleton={<PlaygroundSkeleton />}>
        {(known) =>
          known.models.length === 0 ? (
            <Card className="p-0">
              <EmptyState
                title="No model that chats can be called"
                description="Nobody serves one at a price right now."
                action={
                  <ButtonLink variant="secondary" href="/status">
                    Status
                  </ButtonLink>
                }
              />
            </Card>
          ) : (
            <Playground start={known} />
          )
        }
      </QueryView>
    </>
  );
}

/** The chosen models, in the URL: a comparison is a link. */
function usePlaces(models: readonly PlaygroundModel[]) {
  const [slugs, setSlugs] = useQueryState("models", parseAsArrayOf(parseAsString).withDefault([]));
  const bySlug = new Map(models.map((model) => [model.slug, model]));
  const chosen = slugs.flatMap((slug) => bySlug.get(slug) ?? []).slice(0, MOST_PLACES);
  const fallback = bySlug.get(FIRST_MODEL) ?? models[0];
  const shown = chosen.length > 0 || !fallback ? chosen : [fallback];
  const write = (next: readonly PlaygroundModel[]) => void setSlugs(next.map(({ slug }) => slug));
  return {
    shown,
    add: () => {
      const other = models.find((model) => !shown.includes(model)) ?? fallback;
      if (other) write([...shown, other]);
    },
    replace: (index: number, slug: string) =>
      write(shown.map((model, at) => (at === index ? (bySlug.get(slug) ?? model) : model))),
    remove: (index: number) => write(shown.filter((_, at) => at !== index)),
  };
}

function Playground({ start }: { readonly start: PlaygroundStart }) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const models = usePlaces(start.models);
  const [settings, setSettings] = useState(NO_SETTINGS);
  const [codeFor, setCodeFor] = useState<Place | null>(null);
  const conversation = useConversation(
    () => void cache.invalidateQueries({ queryKey: trpc.playground.start.queryKey() }),
  );
  const places = models.shown.map((model, index) => ({ id: String(index), model }));
  const problems = problemsOf(settings);
  return (
    <div className="grid items-start gap-6 xl:grid-cols-[minmax(0,1fr)_17rem]">
      <div className="grid min-w-0 gap-4">
        <div className={`grid gap-4 ${places.length > 1 ? "lg:grid-cols-2" : ""}`}>
          {places.map(({ id, model }, index) => (
            <ModelPlace
              key={id}
              place={{ id, model }}
              models={start.models}
              exchanges={conversation.exchanges}
              settings={settings}
              isLocked={conversation.isRunning}
              onReplace={(slug) => models.replace(index, slug)}
              onRemove={
                places.length > 1
                  ? () => {
                      conversation.removePlace(index);
                      models.remove(index);
                    }
                  : undefined
              }
              onCode={() => setCodeFor({ id, model })}
            />
          ))}
        </div>
        <div className="flex flex-wrap gap-2">
          {places.length < MOST_PLACES && (
            <Button variant="secondary" size="sm" onClick={models.add} disabled={conversation.isRunning}>
              Add a model
            </Button>
          )}
          {conversation.exchanges.length > 0 && (
            <Button variant="ghost" size="sm" onClick={conversation.clear} disabled={conversation.isRunning}>
              Start over
            </Button>
          )}
        </div>
        <Composer
          readsImages={models.shown.every(({ readsImages }) => readsImages)}
          isRunning={conversation.isRunning}
          isBlocked={Object.keys(problems).length > 0}
          onSend={(message) => conversation.send(message, places, settings)}
          onStop={conversation.stop}
        />
      </div>
      <SettingsPanel settings={settings} onChange={setSettings} problems={problems} models={models.shown} />
      <CodeDialog
        place={codeFor}
        exchanges={conversation.exchanges}
        settings={Object.keys(problems).length > 0 ? NO_SETTINGS : settings}
        baseUrl={start.baseUrl}
        onClose={() => setCodeFor(null)}
      />
    </div>
  );
}

function PlaygroundSkeleton() {
  return (
    <div className="grid gap-6 xl:grid-cols-[minmax(0,1fr)_17rem]">
      <Skeleton className="h-96" />
      <Skeleton className="h-96" />
    </div>
  );
}
