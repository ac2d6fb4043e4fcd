import { useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";

const KEY = "postern.theme";
const listeners = new Set<() => void>();

function read(): Theme {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === "light" || kept === "dark" ? kept : "system";
  } catch {
    return "system";
  }
}

let theme = read();

function apply(): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  for (const listener of listeners) listener();
}

/** Shows the page in the theme that was chosen in this browser; follows a choice in another tab. */
export function startTheme(): void {
  apply();
  window.addEventListener("storage", ({ key }) => {
    if (key !== KEY) return;
    theme = read();
    apply();
  });
}

/** Chooses a theme and keeps it in this browser. */
export function chooseTheme(chosen: Theme): void {
  theme = chosen;
  try {
    localStorage.setItem(KEY, chosen);
  } catch {
    // A browser that keeps nothing shows the choice until the page is left.
  }
  apply();
}

/** The theme that is chosen. */
export function useTheme(): Theme {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => theme,
  );
}
