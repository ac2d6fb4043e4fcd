import styles from "./chart.module.css";

export type ChartTone = "accent" | "ok" | "bad" | "soft";

export type Bar = {
  readonly key: string;
  /** Said when the pointer rests on it. */
  readonly title: string;
  /** From the bottom up. */
  readonly parts: ReadonlyArray<{ readonly value: number; readonly tone: ChartTone }>;
};

/** A bar that has something is never thinner than this share of the height. */
const LEAST = 1.5;

/**
 * Bars over time. A picture of what stands elsewhere in numbers: `summary` says what it shows to those who do not see it.
 */
export function BarChart({
  title,
  summary,
  bars,
  format,
  from,
  to,
  legend = [],
}: {
  readonly title: string;
  readonly summary: string;
  readonly bars: readonly Bar[];
  readonly format: (value: number) => string;
  /** What stands below the first and the last bar. */
  readonly from: string;
  readonly to: string;
  /** What the tones of a bar's parts mean, from the bottom up. */
  readonly legend?: ReadonlyArray<{ readonly tone: ChartTone; readonly text: string }>;
}) {
  const highest = Math.max(0, ...bars.map(heightOf));
  return (
    <figure className={styles.chart}>
      <figcaption className={styles.caption}>
        <span className={styles.title}>{title}</span>
        <span className={styles.highest}>{format(highest)}</span>
      </figcaption>
      {legend.length > 0 && (
        <ul className={styles.legend}>
          {legend.map(({ tone, text }) => (
            <li key={tone}>
              <svg className={styles.swatch} viewBox="0 0 1 1" aria-hidden="true">
                <rect width={1} height={1} className={styles[tone]} />
              </svg>
              {text}
            </li>
          ))}
        </ul>
      )}
      <svg
        role="img"
        aria-label={`${title}: ${summary}`}
        className={styles.plot}
        viewBox={`0 0 ${Math.max(bars.length, 1)} 100`}
        preserveAspectRatio="none"
      >
        {bars.map((bar, place) => (
          <BarDrawing key={bar.key} bar={bar} place={place} highest={highest} />
        ))}
      </svg>
      <div className={styles.axis} aria-hidden="true">
        <span>{from}</span>
        <span>{to}</span>
      </div>
    </figure>
  );
}

function heightOf({ parts }: Bar): number {
  return parts.reduce((sum, { value }) => sum + value, 0);
}

function BarDrawing({ bar, place, highest }: { readonly bar: Bar; readonly place: number; readonly highest: number }) {
  let top = 100;
  return (
    <g>
      <title>{bar.title}</title>
      <rect x={place} y={0} width={1} height={100} className={styles.column} />
      {bar.parts.map(({ value, tone }) => {
        if (value === 0) return null;
        const height = Math.max(LEAST, (value / highest) * 100);
        top -= height;
        return <rect key={tone} x={place + 0.14} y={Math.max(0, top)} width={0.72} height={height} className={styles[tone]} />;
      })}
    </g>
  );
}
