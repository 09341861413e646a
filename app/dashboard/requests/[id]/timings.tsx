import { Card } from "@/app/_ui/card";
import { toCount, toDuration } from "../../_format/numbers";
import type { RequestDetail } from "./request-view";

/** Where the time went: waiting for the first token, then receiving the rest. */
export function Timings({ request }: { readonly request: RequestDetail }) {
  const { latencyMs, outputTokens } = request;
  if (latencyMs === null) return null;
  // An answer in one piece has no first token to wait for.
  const ttftMs = request.streamed ? request.ttftMs : null;
  const waitedMs = Math.min(ttftMs ?? latencyMs, latencyMs);
  const receivedMs = latencyMs - waitedMs;
  const share = latencyMs === 0 ? 100 : (waitedMs / latencyMs) * 100;
  return (
    <Card className="grid gap-4 p-5">
      <h2 className="font-medium text-lg">Timings</h2>
      <div className="flex h-2 overflow-hidden rounded-full bg-sunken" aria-hidden="true">
        <div className="bg-ink-3" style={{ width: `${share}%` }} />
        <div className="flex-1 bg-accent" />
      </div>
      <dl className="grid gap-2 text-sm tabular-nums">
        {ttftMs !== null && <Time name="First token" value={toDuration(ttftMs)} />}
        {ttftMs !== null && <Time name="Rest of the answer" value={toDuration(receivedMs)} />}
        <Time name="Total" value={toDuration(latencyMs)} />
        {outputTokens !== null && receivedMs > 0 && ttftMs !== null && (
          <Time name="Speed" value={`${toCount(Math.round((outputTokens * 1_000) / receivedMs))} tokens/s`} />
        )}
      </dl>
    </Card>
  );
}

function Time({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div className="flex justify-between gap-4">
      <dt className="text-ink-2">{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
