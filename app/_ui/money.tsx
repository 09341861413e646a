import { ExactHint } from "./exact-hint";
import { formatMoney, type MoneyPrecision } from "./format-money";

interface MoneyProps {
  /** 1 USD = 1,000,000,000 nano-USD. */
  readonly nanoUsd: bigint;
  readonly precision?: MoneyPrecision;
  /** Inside a link or a button the exact value is on hover only: nothing in there may take the focus. */
  readonly isInControl?: boolean;
}

/** An amount of US dollars. Where the shown one is rounded, the exact one is on hover and on focus. */
export function Money({ nanoUsd, precision = "short", isInControl = false }: MoneyProps) {
  const { text, exact, isExact } = formatMoney(nanoUsd, precision);
  if (isExact || isInControl) {
    return (
      <span className="whitespace-nowrap tabular-nums" title={exact}>
        {text}
      </span>
    );
  }
  return <ExactHint text={text} exact={exact} />;
}
