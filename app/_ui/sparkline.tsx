interface SparklineProps {
  /** In order of time; only their proportions are drawn. */
  readonly values: readonly number[];
  /** What the line shows, with its first and last value. */
  readonly label: string;
  readonly width?: number;
  readonly height?: number;
}

const EDGE = 1.5;

/** The shape of a short series, without axes. */
export function Sparkline({ values, label, width = 96, height = 24 }: SparklineProps) {
  const top = Math.max(...values, 0) || 1;
  const step = values.length > 1 ? (width - 2 * EDGE) / (values.length - 1) : 0;
  const points = values.map((value, index) => {
    const y = height - EDGE - (value / top) * (height - 2 * EDGE);
    return `${(EDGE + index * step).toFixed(1)},${y.toFixed(1)}`;
  });
  return (
    <svg role="img" aria-label={label} width={width} height={height} viewBox={`0 0 ${width} ${height}`}>
      <polyline
        points={points.join(" ")}
        fill="none"
        stroke="var(--color-accent)"
        strokeWidth="1.5"
        strokeLinejoin="round"
        strokeLinecap="round"
      />
    </svg>
  );
}
