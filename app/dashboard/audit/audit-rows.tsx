import { Badge } from "@/app/_ui/badge";
import { Instant } from "../_parts/instant";
import { toActionName } from "./action-names";

export interface AuditItem {
  readonly id: string;
  readonly sequence: number;
  readonly actorKind: "user" | "key" | "system" | "operator";
  readonly actorLabel: string;
  readonly ip: string | null;
  readonly action: string;
  readonly targetKind: string;
  readonly targetId: string;
  readonly targetLabel: string;
  readonly before: unknown;
  readonly after: unknown;
  readonly previousHash: string;
  readonly hash: string;
  readonly createdAt: Date;
}

interface AuditRowsProps {
  readonly rows: readonly AuditItem[];
  readonly onShow: (row: AuditItem) => void;
}

/** One change per line; its button covers the line, so that a click anywhere shows before and after. */
export function AuditRows({ rows, onShow }: AuditRowsProps) {
  return (
    <ol className="divide-y divide-line" aria-label="Changes, newest first">
      {rows.map((row) => (
        <li key={row.id} className="relative grid gap-1 p-4 focus-within:bg-hover hover:bg-hover">
          <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-1">
            <button
              type="button"
              onClick={() => onShow(row)}
              className="wrap-anywhere min-w-0 text-left font-medium after:absolute after:inset-0"
            >
              {toActionName(row.action)}: {row.targetLabel}
            </button>
            <span className="text-ink-2 text-sm">
              <Instant value={row.createdAt} isExact />
            </span>
          </div>
          <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-ink-2 text-sm">
            <span className="break-all">{row.actorLabel}</span>
            {row.actorKind !== "user" && <Badge>{row.actorKind}</Badge>}
            {row.ip && row.ip !== "unknown" && <span className="font-mono text-xs">{row.ip}</span>}
          </p>
        </li>
      ))}
    </ol>
  );
}
