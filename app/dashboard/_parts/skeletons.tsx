import { Card } from "@/app/_ui/card";
import { Skeleton } from "@/app/_ui/skeleton";
import { tileGrid } from "./tile-columns";

/** Placeholders of the final size, so that nothing jumps when the data comes. */
export function RowsSkeleton({ rows }: { readonly rows: number }) {
  return (
    <div className="divide-y divide-line" aria-hidden="true">
      {numbers(rows).map((row) => (
        <div key={row} className="flex h-16 items-center justify-between gap-6 px-4">
          <Skeleton className="h-4 w-48" />
          <Skeleton className="h-4 w-24" />
        </div>
      ))}
    </div>
  );
}

export function TilesSkeleton({ tiles }: { readonly tiles: number }) {
  return (
    <div aria-hidden="true" className={tileGrid(tiles)}>
      {numbers(tiles).map((tile) => (
        <Card key={tile} className="p-4 sm:p-5">
          <Skeleton className="h-21 w-full max-w-36" />
        </Card>
      ))}
    </div>
  );
}

export function OverviewSkeleton() {
  return (
    <div aria-hidden="true" className="grid gap-6">
      <TilesSkeleton tiles={5} />
      <Card className="p-5">
        <Skeleton className="h-72" />
      </Card>
      <Card className="p-0">
        <RowsSkeleton rows={5} />
      </Card>
    </div>
  );
}

export function PanelsSkeleton() {
  return (
    <div aria-hidden="true" className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_22rem]">
      <Card className="p-5">
        <Skeleton className="h-80" />
      </Card>
      <Card className="p-5">
        <Skeleton className="h-80" />
      </Card>
    </div>
  );
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
