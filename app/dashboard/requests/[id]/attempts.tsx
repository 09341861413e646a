import { Badge } from "@/app/_ui/badge";
import { Card } from "@/app/_ui/card";
import { toDuration } from "../../_format/numbers";
import type { RequestDetail } from "./request-view";

interface AttemptsProps {
  readonly attempts: RequestDetail["attempts"];
  readonly isPending: boolean;
}

/** Every upstream call in order, as a waterfall. Failed ones cost nothing and are shown all the same. */
export function Attempts({ attempts, isPending }: AttemptsProps) {
  const totalMs = attempts.reduce((sum, attempt) => sum + attempt.durationMs, 0);
  let startMs = 0;
  const placed = attempts.map((attempt, index) => {
    const from = startMs;
    startMs += attempt.durationMs;
    return {
      ...attempt,
      number: index + 1,
      left: percent(from, totalMs),
      width: percent(attempt.durationMs, totalMs),
    };
  });
  return (
    <Card className="p-0">
      <div className="border-b border-line p-5">
        <h2 className="font-medium text-lg">Attempts</h2>
      </div>
      {placed.length === 0 ? (
        <p className="p-5 text-ink-2">
          {isPending ? "Listed when the request has ended." : "No provider was called."}
        </p>
      ) : (
        <ol className="divide-y divide-line">
          {placed.map((attempt) => (
            <li key={attempt.number} className="grid gap-2 p-5">
              <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
                <p className="flex items-center gap-2">
                  <span className="text-ink-2 tabular-nums">{attempt.number}.</span>
                  <span className="font-medium">{attempt.providerName}</span>
                  {attempt.isSimulated && <Badge tone="neutral">Simulated</Badge>}
                </p>
                <p className="text-sm tabular-nums">
                  {attempt.status === null ? "No answer" : `HTTP ${attempt.status}`}
                  <span className="text-ink-2"> · {toDuration(attempt.durationMs)}</span>
                </p>
              </div>
              <div className="h-1.5 rounded-full bg-sunken" aria-hidden="true">
                <div
                  className={`h-full min-w-1 rounded-full ${attempt.reason === "ok" ? "bg-accent" : "bg-negative"}`}
                  style={{ marginLeft: `${attempt.left}%`, width: `${attempt.width}%` }}
                />
              </div>
              {attempt.reason !== "ok" && <p className="text-ink-2 text-sm">{reasonText(attempt.reason)}</p>}
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 100 : (part / whole) * 100;
}

function reasonText(reason: string): string {
  const words = reason.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
