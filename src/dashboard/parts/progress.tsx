import styles from "./progress.module.css";

/** How far something is. Without a share it is under way and nobody knows how far. */
export function ProgressBar({
  label,
  share,
  text,
}: {
  readonly label: string;
  readonly share: number | null;
  readonly text: string;
}) {
  const percent = share === null ? null : Math.round(Math.min(1, Math.max(0, share)) * 100);
  return (
    <div
      className={styles.track}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent ?? undefined}
      aria-valuetext={text}
    >
      <div
        className={percent === null ? styles.unknown : styles.known}
        style={{ width: percent === null ? "30%" : `${percent}%` }}
      />
    </div>
  );
}
