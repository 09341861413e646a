"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { ButtonLink } from "@/app/_ui/button-link";
import { Checkbox } from "@/app/_ui/checkbox";
import { Field, Input } from "@/app/_ui/field";
import { rolesWith } from "@/server/organizations/permissions";
import { parseUsd, toDecimalUsd } from "@/server/platform/money";
import { MutationError } from "../_parts/mutation-error";
import { toRoleName } from "../members/roles";
import type { AlertSettings } from "./alerts-section";
import { SendTest } from "./send-test";
import { parseThresholds } from "./words";

interface AlertsFormProps {
  readonly initial: AlertSettings;
  readonly isReadOnly: boolean;
}

/** One row a channel, then the two rules. Saved together. */
export function AlertsForm({ initial, isReadOnly }: AlertsFormProps) {
  const form = useAlertsForm(initial);
  const { state, set, problems } = form;
  return (
    <form onSubmit={form.submit} className="divide-y divide-line" noValidate>
      <Row title="E-mail" text="To members of these roles, at the time of the alert.">
        <fieldset className="flex flex-wrap gap-x-5 gap-y-2">
          <legend className="sr-only">Roles that are mailed</legend>
          {rolesWith("overview.read").map((role) => (
            <Checkbox
              key={role}
              label={toRoleName(role)}
              disabled={isReadOnly}
              checked={state.mailRoles.includes(role)}
              onCheckedChange={(isIn) =>
                set({
                  mailRoles: isIn
                    ? [...state.mailRoles, role]
                    : state.mailRoles.filter((other) => other !== role),
                })
              }
            />
          ))}
        </fieldset>
        {!initial.canMail && <p className="text-ink-2 text-sm">This site cannot send mail yet.</p>}
        {!isReadOnly && <SendTest channel="mail" disabled={initial.mailRoles.length === 0} />}
      </Row>
      <Row title="Slack" text="An incoming-webhook URL of Slack, or of anything that takes its messages.">
        <SlackField initial={initial} state={state} set={set} isReadOnly={isReadOnly} />
        {!isReadOnly && <SendTest channel="slack" disabled={initial.slackShown === null} />}
      </Row>
      <Row
        title="Webhooks"
        text="The events budget.threshold_reached, budget.exceeded and spend.anomaly, signed, to your own servers."
      >
        <p className="text-sm">
          {initial.webhookEndpoints === 0
            ? "No endpoint gets them yet."
            : `${initial.webhookEndpoints} ${initial.webhookEndpoints === 1 ? "endpoint gets" : "endpoints get"} them.`}
        </p>
        <ButtonLink href="/dashboard/webhooks" variant="secondary" size="sm" className="w-fit">
          Endpoints and their test events
        </ButtonLink>
      </Row>
      <Row title="Unusual spend" text="Needs a day of spend to know what is usual. It stops nothing.">
        <Checkbox
          label="Tell of an hour far above the usual"
          checked={state.isAnomalyOn}
          disabled={isReadOnly}
          onCheckedChange={(isAnomalyOn) => set({ isAnomalyOn })}
        />
        {state.isAnomalyOn && (
          <Field label="Never below, in US dollars an hour" error={problems.minimum} className="max-w-60">
            <Input
              inputMode="decimal"
              readOnly={isReadOnly}
              value={state.minimum}
              onChange={(event) => set({ minimum: event.target.value })}
            />
          </Field>
        )}
      </Row>
      <Row title="New budgets" text="Thresholds that the editor begins with; each budget has its own.">
        <Field label="Alerts at, in per cent" error={problems.thresholds} className="max-w-60">
          <Input
            readOnly={isReadOnly}
            value={state.thresholds}
            onChange={(event) => set({ thresholds: event.target.value })}
          />
        </Field>
      </Row>
      {!isReadOnly && (
        <div className="grid gap-3 p-4 sm:p-5">
          <MutationError error={form.error} />
          <div className="flex flex-wrap items-center gap-4">
            <Button type="submit" loading={form.isPending}>
              Save alerts
            </Button>
            <p role="status" className="text-ink-2 text-sm empty:hidden">
              {form.isSaved ? "Saved. It holds for the next alert." : null}
            </p>
          </div>
        </div>
      )}
    </form>
  );
}

interface RowProps {
  readonly title: string;
  readonly text: string;
  readonly children: React.ReactNode;
}

function Row({ title, text, children }: RowProps) {
  return (
    <div className="grid gap-3 p-4 sm:p-5 lg:grid-cols-[16rem_minmax(0,1fr)] lg:gap-8">
      <div className="grid content-start gap-1">
        <h3 className="font-medium">{title}</h3>
        <p className="text-ink-2 text-sm">{text}</p>
      </div>
      <div className="grid content-start gap-3">{children}</div>
    </div>
  );
}

interface State {
  readonly mailRoles: AlertSettings["mailRoles"];
  /** As typed; empty keeps what there is. */
  readonly slackUrl: string;
  readonly removesSlack: boolean;
  readonly isAnomalyOn: boolean;
  readonly minimum: string;
  readonly thresholds: string;
}

interface SlackFieldProps {
  readonly initial: AlertSettings;
  readonly state: State;
  readonly set: (change: Partial<State>) => void;
  readonly isReadOnly: boolean;
}

/** The URL is a secret: it is typed, and never shown again. */
function SlackField({ initial, state, set, isReadOnly }: SlackFieldProps) {
  const isSet = initial.slackShown !== null;
  if (isReadOnly) return <p className="text-sm">{isSet ? `Set: ${initial.slackShown}` : "Not set."}</p>;
  return (
    <>
      <Field
        label={isSet ? "Another Slack URL" : "Slack URL"}
        hint={
          isSet
            ? `Set: ${initial.slackShown}. Leave this empty to keep it.`
            : "It is kept encrypted and never shown again."
        }
      >
        <Input
          type="url"
          autoComplete="off"
          spellCheck={false}
          placeholder="https://hooks.slack.com/services/…"
          value={state.slackUrl}
          disabled={state.removesSlack}
          onChange={(event) => set({ slackUrl: event.target.value })}
        />
      </Field>
      {isSet && (
        <Checkbox
          label="Remove it"
          checked={state.removesSlack}
          onCheckedChange={(removesSlack) => set({ removesSlack })}
        />
      )}
    </>
  );
}

function toState(settings: AlertSettings): State {
  return {
    mailRoles: settings.mailRoles,
    slackUrl: "",
    removesSlack: false,
    isAnomalyOn: settings.isAnomalyOn,
    minimum: toDecimalUsd(settings.anomalyMinimumNanoUsd),
    thresholds: settings.defaultThresholds.join(", "),
  };
}

function useAlertsForm(initial: AlertSettings) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const [state, setState] = useState(() => toState(initial));
  const [problems, setProblems] = useState<{ minimum?: string; thresholds?: string }>({});
  const write = useMutation(
    trpc.alerts.write.mutationOptions({
      onSuccess: async () => {
        const key = trpc.alerts.settings.queryKey();
        await cache.invalidateQueries({ queryKey: key });
        const saved = cache.getQueryData(key);
        if (saved) setState(toState(saved));
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const minimum = parseUsd(state.minimum);
    const thresholds = parseThresholds(state.thresholds);
    setProblems({
      ...(minimum === null ? { minimum: "Enter dollars, such as 10 or 2.50." } : {}),
      ...(thresholds === null ? { thresholds: "Whole percentages from 1 to 100, such as 50, 80, 100." } : {}),
    });
    if (minimum === null || thresholds === null) return;
    write.mutate({
      mailRoles: [...state.mailRoles],
      ...(state.removesSlack ? { slackUrl: null } : state.slackUrl ? { slackUrl: state.slackUrl } : {}),
      isAnomalyOn: state.isAnomalyOn,
      anomalyMinimumNanoUsd: minimum,
      defaultThresholds: thresholds,
    });
  };
  return {
    state,
    set: (change: Partial<State>) => {
      write.reset();
      setState((before) => ({ ...before, ...change }));
    },
    submit,
    problems,
    error: write.error,
    isPending: write.isPending,
    isSaved: write.isSuccess,
  };
}
