import type { ReactNode } from "react";
import { Card } from "@/app/_ui/card";
import { Money } from "@/app/_ui/money";
import { daysText } from "../_format/days";
import { tileGrid } from "./tile-columns";

interface BalanceTilesProps {
  /** nano-USD. */
  readonly balance: {
    readonly availableNanoUsd: bigint;
    readonly reservedNanoUsd: bigint;
    readonly debtNanoUsd: bigint;
  };
  /** How long the balance lasts at the spend of the last seven days. */
  readonly runway: {
    readonly dailySpendNanoUsd: bigint;
    readonly days: number | null;
    readonly emptyAt: Date | null;
  };
  readonly spend?: { readonly todayNanoUsd: bigint; readonly monthNanoUsd: bigint };
}

/** What can be spent, how long it lasts, what is set aside for requests in flight, and what was spent. */
export function BalanceTiles({ balance, runway, spend }: BalanceTilesProps) {
  const count = 3 + (spend ? 2 : 0) + (balance.debtNanoUsd > 0n ? 1 : 0);
  return (
    <dl className={tileGrid(count)}>
      <Tile name="Balance" note="Can be spent now">
        <Money nanoUsd={balance.availableNanoUsd} precision="fine" />
      </Tile>
      <RunwayTile {...runway} />
      <Tile name="Reserved" note="Set aside for requests in flight">
        <Money nanoUsd={balance.reservedNanoUsd} precision="fine" />
      </Tile>
      {spend && (
        <>
          <Tile name="Spend today" note="Since midnight UTC">
            <Money nanoUsd={spend.todayNanoUsd} precision="fine" />
          </Tile>
          <Tile name="Spend this month" note="Calendar month, UTC">
            <Money nanoUsd={spend.monthNanoUsd} precision="fine" />
          </Tile>
        </>
      )}
      {balance.debtNanoUsd > 0n && (
        <Tile name="Owed" note="Paid back first by the next top-up">
          <Money nanoUsd={balance.debtNanoUsd} precision="fine" />
        </Tile>
      )}
    </dl>
  );
}

/** A forecast, and what it is made from. */
function RunwayTile({ days, emptyAt, dailySpendNanoUsd }: BalanceTilesProps["runway"]) {
  const note =
    dailySpendNanoUsd === 0n ? (
      "Nothing spent in seven days"
    ) : (
      <>
        At <Money nanoUsd={dailySpendNanoUsd} precision="fine" /> a day
        {emptyAt && (
          <>
            , until <time dateTime={emptyAt.toISOString()}>{untilWhen.format(emptyAt)}</time> UTC
          </>
        )}
      </>
    );
  return (
    <Tile name="Runway" note={note}>
      {days === null ? (dailySpendNanoUsd === 0n ? "No spend" : "Over a year") : daysText(days)}
    </Tile>
  );
}

const untilWhen = new Intl.DateTimeFormat("en-US", { month: "short", day: "numeric", timeZone: "UTC" });

function Tile({
  name,
  note,
  children,
}: {
  readonly name: string;
  readonly note: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <Card className="grid content-start gap-1 p-4 sm:p-5">
      <dt className="text-ink-2 text-sm">{name}</dt>
      <dd className="text-xl tabular-nums sm:text-2xl">{children}</dd>
      <dd className="text-ink-3 text-xs sm:text-sm">{note}</dd>
    </Card>
  );
}
