import type { ReactNode } from "react";

/** Drawn on a grid of 20 with strokes of the text's colour; each says nothing by itself, a text stands beside it. */
const DRAWINGS = {
  activity: <path d="M2.5 10h3.3l2.4-6 3.6 12 2.4-6h3.3" />,
  alert: <path d="M10 3.2 18 16.5H2zM10 8.5v3.3M10 14.2v.1" />,
  arrowRight: <path d="M4 10h12M11.5 5.5 16 10l-4.5 4.5" />,
  back: <path d="M16 10H4M8.5 5.5 4 10l4.5 4.5" />,
  chart: <path d="M3.5 3.5v13h13M7 13V9.5M10.5 13V6.5M14 13v-2" />,
  check: <path d="m4 10.5 4 4 8-9" />,
  checkCircle: <path d="M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM6.8 10.2l2.3 2.3 4.2-4.7" />,
  chevronDown: <path d="m5.5 8 4.5 4.5L14.5 8" />,
  chevronRight: <path d="M8 5.5 12.5 10 8 14.5" />,
  clock: <path d="M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM10 6v4.2l2.8 1.6" />,
  close: <path d="m5 5 10 10M15 5 5 15" />,
  code: <path d="m6.5 6-4 4 4 4M13.5 6l4 4-4 4" />,
  copy: <path d="M7.5 7.5h9v9h-9zM12.5 7.5v-4h-9v9h4" />,
  cross: <path d="M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM7.5 7.5l5 5M12.5 7.5l-5 5" />,
  download: <path d="M10 3v9.5M6 9l4 4 4-4M3.5 16.5h13" />,
  edit: <path d="m4 16 .8-3.3L13 4.5l2.5 2.5-8.2 8.2zM11.5 6l2.5 2.5" />,
  external: <path d="M11.5 3.5h5v5M16.5 3.5 9.5 10.5M14.5 11.5v5h-11v-11h5" />,
  eye: <path d="M2 10s2.8-5.5 8-5.5S18 10 18 10s-2.8 5.5-8 5.5S2 10 2 10zM10 12.3a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6z" />,
  grid: <path d="M3.5 3.5h5v5h-5zM11.5 3.5h5v5h-5zM3.5 11.5h5v5h-5zM11.5 11.5h5v5h-5z" />,
  history: <path d="M3 10a7 7 0 1 1 2 4.9M3 10V5.8M3 10h4.2M10 6.5V10l2.5 1.5" />,
  info: <path d="M10 17.5a7.5 7.5 0 1 0 0-15 7.5 7.5 0 0 0 0 15zM10 9.2v4.3M10 6.5v.1" />,
  key: <path d="M7 16.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM9.8 9.7l6.7-6.7M13 6.5l2.5 2.5" />,
  menu: <path d="M3 5.5h14M3 10h14M3 14.5h14" />,
  monitor: <path d="M2.5 4h15v10h-15zM7 17h6M10 14v3" />,
  moon: <path d="M16.5 12.2A7 7 0 0 1 7.8 3.5a7 7 0 1 0 8.7 8.7z" />,
  more: <path d="M4.5 10h.1M10 10h.1M15.5 10h.1" strokeWidth={2.6} />,
  package: <path d="m10 2.5 6.5 3.6v7.8L10 17.5l-6.5-3.6V6.1zM3.5 6.2 10 10l6.5-3.8M10 10v7.5" />,
  people: (
    <path d="M7.5 9.5a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6zM2.5 16.5c0-3 2.2-4.5 5-4.5s5 1.5 5 4.5M13 4.2a2.8 2.8 0 0 1 0 5.2M14.5 12.2c1.9.5 3 2 3 4.3" />
  ),
  plus: <path d="M10 4v12M4 10h12" />,
  search: <path d="M8.8 14.6a5.8 5.8 0 1 0 0-11.6 5.8 5.8 0 0 0 0 11.6zM13 13l4 4" />,
  shield: <path d="m10 2.5 6 2.3v4.7c0 3.7-2.4 6.6-6 8-3.6-1.4-6-4.3-6-8V4.8zM7.5 9.8l1.9 1.9 3.2-3.5" />,
  signOut: <path d="M8 3.5H3.5v13H8M8 10h9M13.5 6.5 17 10l-3.5 3.5" />,
  star: <path d="m10 3 2.1 4.5 4.9.6-3.6 3.4.9 4.9-4.3-2.4-4.3 2.4.9-4.9L3 8.1l4.9-.6z" />,
  sun: (
    <path d="M10 13.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M4.3 15.7l1.1-1.1M14.6 5.4l1.1-1.1" />
  ),
  sync: <path d="M16.5 8A7 7 0 0 0 4.3 5.8L3 7.2M3 3.5v3.7h3.7M3.5 12a7 7 0 0 0 12.2 2.2l1.3-1.4M17 16.5v-3.7h-3.7" />,
  trash: <path d="M3.5 5.5h13M8 5.5v-2h4v2M5.5 5.5l.8 11h7.4l.8-11M8.5 8.5v5M11.5 8.5v5" />,
  user: <path d="M10 10a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3.5 17c0-3.5 2.8-5 6.5-5s6.5 1.5 6.5 5" />,
} as const satisfies Record<string, ReactNode>;

export type IconName = keyof typeof DRAWINGS;

/** A drawing beside a text. */
export function Icon({ name, size = 18 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      aria-hidden="true"
      focusable="false"
      width={size}
      height={size}
      viewBox="0 0 20 20"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.6}
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {DRAWINGS[name]}
    </svg>
  );
}

/** Postern's mark: the small gate in the wall, with a keyhole. */
export function Mark({ size = 28 }: { readonly size?: number }) {
  return (
    <svg aria-hidden="true" focusable="false" width={size} height={size} viewBox="0 0 32 32">
      <path fill="var(--accent)" d="M4 30V15a12 12 0 0 1 24 0v15z" />
      <path fill="var(--surface)" d="M9 30V16a7 7 0 0 1 14 0v14h-5.2l-.9-6.2a2.7 2.7 0 1 0-1.8 0L14.2 30z" />
    </svg>
  );
}
