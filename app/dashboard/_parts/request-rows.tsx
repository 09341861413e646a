import Link from "next/link";
import { Badge } from "@/app/_ui/badge";
import { cn } from "@/app/_ui/cn";
import { Money } from "@/app/_ui/money";
import { toCount, toDuration } from "../_format/numbers";
import { Instant } from "./instant";
import { Outcome, type OutcomeName } from "./outcome";

/** One request as a list shows it. Amounts in nano-USD, durations in milliseconds. */
export interface RequestItem {
  readonly id: string;
  readonly createdAt: Date;
  readonly outcome: OutcomeName;
  readonly modelSlug: string;
  readonly keyName: string;
  readonly providerName: string | null;
  readonly isSimulated: boolean;
  readonly errorCode: string | null;
  readonly costNanoUsd: bigint;
  readonly reservedNanoUsd: bigint;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly streamed: boolean;
  readonly ttftMs: number | null;
  readonly latencyMs: number | null;
}

interface RequestRowsProps {
  readonly requests: readonly RequestItem[];
  readonly caption: string;
  /** Opens a request beside the list; without it a row leads to the request's page. */
  readonly onOpen?: (id: string) => void;
  /** The one that is open. */
  readonly openId?: string | null;
}

/** The same rows twice: a table where there is room for one, stacked cards on a phone. */
export function RequestRows({ requests, caption, onOpen, openId = null }: RequestRowsProps) {
  return (
    <>
      <table className="hidden w-full text-left text-sm lg:table">
        <caption className="sr-only">{caption}</caption>
        <thead className="border-b border-line text-ink-2">
          <tr>
            <Th>Time</Th>
            <Th>Model</Th>
            <Th>Key</Th>
            <Th>Outcome</Th>
            <Th isNumber>Tokens in / out</Th>
            <Th isNumber>First token / total</Th>
            <Th isNumber>Cost</Th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {requests.map((request) => (
            <tr
              key={request.id}
              className={cn(
                "relative hover:bg-hover focus-within:bg-hover",
                request.id === openId && "bg-hover",
              )}
            >
              <td className="whitespace-nowrap py-3 pr-4 pl-4 text-ink-2">
                <Instant value={request.createdAt} />
              </td>
              <td className="max-w-72 py-3 pr-4">
                <RequestLink request={request} onOpen={onOpen} />
                <Provider request={request} />
              </td>
              <td className="max-w-40 truncate py-3 pr-4" title={request.keyName}>
                {request.keyName}
              </td>
              <td className="py-3 pr-4">
                <Outcome outcome={request.outcome} />
                {request.errorCode && (
                  <p className="mt-1 font-mono text-xs text-ink-2">{request.errorCode}</p>
                )}
              </td>
              <td className="whitespace-nowrap py-3 pr-4 text-right tabular-nums">{tokensOf(request)}</td>
              <td className="whitespace-nowrap py-3 pr-4 text-right tabular-nums">{timesOf(request)}</td>
              <td className="whitespace-nowrap py-3 pr-4 text-right">
                <Cost request={request} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <ul className="divide-y divide-line lg:hidden" aria-label={caption}>
        {requests.map((request) => (
          <li key={request.id} className="relative grid gap-2 p-4 focus-within:bg-hover">
            <div className="flex items-start justify-between gap-3">
              <div className="min-w-0">
                <RequestLink request={request} onOpen={onOpen} />
                <Provider request={request} />
              </div>
              <Cost request={request} />
            </div>
            <div className="flex flex-wrap items-center justify-between gap-2 text-sm text-ink-2">
              <Outcome outcome={request.outcome} />
              <span className="tabular-nums">{tokensOf(request)} tokens</span>
              <Instant value={request.createdAt} />
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}

function Th({ children, isNumber = false }: { readonly children: string; readonly isNumber?: boolean }) {
  return (
    <th scope="col" className={`py-2.5 pr-4 font-medium first:pl-4 ${isNumber ? "text-right" : ""}`}>
      {children}
    </th>
  );
}

/**
 * The link covers its row, so that a click anywhere opens the request and the keyboard meets one target. With a modifier
 * it is a link to the request's page, as everywhere.
 */
function RequestLink({
  request,
  onOpen,
}: {
  readonly request: RequestItem;
  readonly onOpen?: (id: string) => void;
}) {
  return (
    <Link
      href={`/dashboard/requests/${request.id}`}
      data-request={request.id}
      onClick={(event) => {
        if (!onOpen || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        onOpen(request.id);
      }}
      className="block truncate font-medium after:absolute after:inset-0"
    >
      {request.modelSlug}
    </Link>
  );
}

function Provider({ request }: { readonly request: RequestItem }) {
  if (!request.providerName) return null;
  return (
    <span className="flex items-center gap-2 text-sm text-ink-2">
      {request.providerName}
      {request.isSimulated && <Badge tone="neutral">Simulated</Badge>}
    </span>
  );
}

function Cost({ request }: { readonly request: RequestItem }) {
  if (request.outcome !== "pending") return <Money nanoUsd={request.costNanoUsd} />;
  return (
    <span className="text-ink-2">
      <Money nanoUsd={request.reservedNanoUsd} /> reserved
    </span>
  );
}

function tokensOf({ inputTokens, outputTokens }: RequestItem): string {
  return inputTokens === null || outputTokens === null
    ? "–"
    : `${toCount(inputTokens)} / ${toCount(outputTokens)}`;
}

function timesOf({ streamed, ttftMs, latencyMs }: RequestItem): string {
  if (latencyMs === null) return "–";
  return ttftMs === null || !streamed
    ? toDuration(latencyMs)
    : `${toDuration(ttftMs)} / ${toDuration(latencyMs)}`;
}
