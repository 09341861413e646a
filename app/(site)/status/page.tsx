import type { Metadata } from "next";
import { serverApi } from "@/app/_trpc/server";
import { Badge } from "@/app/_ui/badge";
import { ButtonLink } from "@/app/_ui/button-link";
import { EmptyState } from "@/app/_ui/empty-state";
import { StatusBadge } from "@/app/_ui/status-badge";
import { Timestamp } from "@/app/_ui/timestamp";
import { pageMetadata } from "../_data/page-metadata";
import { DayBars } from "./_parts/day-bars";
import { STATUS_WORDS } from "./_parts/status-words";

export const metadata: Metadata = pageMetadata({
  path: "/status",
  title: "Status",
  description:
    "How the providers behind the gateway answer right now and over ninety days, from real traffic.",
});

/** Public health of every provider, from the traffic of all customers. */
export default async function StatusPage() {
  const api = await serverApi();
  const { providers, days, outages } = await api.health.status();
  const used = providers.filter(
    ({ status, shares }) => status !== "unknown" || Object.keys(shares).length > 0,
  );
  const hasTraffic = used.length > 0;
  const quiet = providers.filter((provider) => !used.includes(provider));
  const troubled = providers.filter(({ status }) => status === "down" || status === "degraded");
  return (
    <div className="mx-auto grid w-full max-w-4xl gap-10 px-4 py-10 sm:px-6 sm:py-14">
      <header className="grid gap-3">
        <h1 className="font-semibold text-3xl leading-10">Status</h1>
        <p className="max-w-[66ch] text-ink-2">
          Measured on the requests of our customers, not by probes. A provider that fails is asked last until
          it answers again; your requests go on with the others.
        </p>
      </header>
      {hasTraffic ? (
        <>
          <p className="surface flex flex-wrap items-center gap-3 p-4 font-medium">
            <StatusBadge tone={troubled.length === 0 ? "positive" : "warning"} isLive>
              Now
            </StatusBadge>
            {troubled.length === 0
              ? "Every provider that is in use answers."
              : `In trouble: ${troubled.map(({ name }) => name).join(", ")}.`}
          </p>
          <section className="grid gap-4" aria-labelledby="providers">
            <h2 id="providers" className="font-semibold text-xl">
              Providers
            </h2>
            <ul className="surface divide-y divide-line">
              {used.map((provider) => (
                <li key={provider.slug} className="grid gap-3 p-4">
                  <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
                    <h3 className="font-medium">{provider.name}</h3>
                    {provider.isSimulated && <Badge>simulated</Badge>}
                    <span className="text-ink-2 text-sm tabular-nums">
                      {provider.models} {provider.models === 1 ? "model" : "models"}
                    </span>
                    <span className="ml-auto">
                      <StatusBadge tone={STATUS_WORDS[provider.status].tone}>
                        {STATUS_WORDS[provider.status].label}
                      </StatusBadge>
                    </span>
                  </div>
                  {provider.troubled.length > 0 && (
                    <p className="break-words text-ink-2 text-sm">{provider.troubled.join(", ")}</p>
                  )}
                  <DayBars name={provider.name} days={days} shares={provider.shares} />
                </li>
              ))}
            </ul>
            {quiet.length > 0 && (
              <p className="text-ink-2 text-sm">
                Without traffic in these days: {quiet.map(({ name }) => name).join(", ")}.
              </p>
            )}
          </section>
        </>
      ) : (
        <div className="surface">
          <EmptyState
            title="No traffic yet"
            description="Health is measured on real requests. It appears here with the first ones."
            action={<ButtonLink href="/docs/quickstart">Send a request</ButtonLink>}
          />
        </div>
      )}
      <Outages outages={outages} />
    </div>
  );
}

interface OutagesProps {
  readonly outages: readonly {
    readonly model: string;
    readonly provider: string;
    readonly reason: string;
    readonly openedAt: Date;
    readonly closedAt: Date | null;
  }[];
}

function Outages({ outages }: OutagesProps) {
  return (
    <section className="grid gap-4" aria-labelledby="outages">
      <h2 id="outages" className="font-semibold text-xl">
        Outages of the last 14 days
      </h2>
      {outages.length === 0 ? (
        <p className="text-ink-2">None was seen.</p>
      ) : (
        <ul className="surface divide-y divide-line">
          {outages.map((outage) => (
            <li
              key={`${outage.provider}-${outage.model}-${outage.openedAt.toISOString()}`}
              className="grid gap-1 p-4 text-sm"
            >
              <p className="flex flex-wrap items-center gap-x-2">
                <span className="font-medium">{outage.provider}</span>
                <code className="break-all font-mono text-ink-2 text-xs">{outage.model}</code>
                {outage.closedAt === null && <Badge tone="warning">going on</Badge>}
              </p>
              <p className="text-ink-2">
                <Timestamp value={outage.openedAt} />
                {outage.closedAt && (
                  <>
                    {" – "}
                    <Timestamp value={outage.closedAt} />
                  </>
                )}
                {" · "}
                {outage.reason}
              </p>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
