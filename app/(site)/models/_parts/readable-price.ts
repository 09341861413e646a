import { isTokenUnit, type PublicPrice, toUnitName } from "../../_data/catalog";

const MILLION = 1_000_000n;

/** Tokens and characters are sold by the million; an image or a second by the piece, where that is a whole amount. */
export function readablePrice({
  unit,
  platformNanoUsdPerMillion,
}: Pick<PublicPrice, "unit" | "platformNanoUsdPerMillion">): { nanoUsd: bigint; per: string } {
  if (isTokenUnit(unit)) return { nanoUsd: platformNanoUsdPerMillion, per: "1M tokens" };
  if (unit === "character") return { nanoUsd: platformNanoUsdPerMillion, per: "1M characters" };
  return platformNanoUsdPerMillion % MILLION === 0n
    ? { nanoUsd: platformNanoUsdPerMillion / MILLION, per: toUnitName(unit).toLowerCase() }
    : { nanoUsd: platformNanoUsdPerMillion, per: "1M units" };
}
