import type { IconName } from "../parts/icon.tsx";
import { texts } from "../texts/texts.ts";

export type NavigationItem = {
  readonly to: string;
  readonly label: string;
  readonly icon: IconName;
  /** Shown to administrators alone. The gateway decides what they may; this only leaves out what would be refused. */
  readonly isForAdministrators?: boolean;
};

/** The main menu, in its order. A new page adds its line here, in pages.ts, and in PAGE_PATHS of src/http/pages.ts. */
export const NAVIGATION: readonly NavigationItem[] = [
  { to: "/", label: texts.navigation.portal, icon: "grid" },
  { to: "/credentials", label: texts.navigation.credentials, icon: "key" },
  { to: "/sync", label: texts.navigation.sync, icon: "sync" },
  { to: "/contacts", label: texts.navigation.contacts, icon: "people" },
  { to: "/products", label: texts.navigation.products, icon: "package" },
  { to: "/activity", label: texts.navigation.activity, icon: "activity" },
  { to: "/admin", label: texts.navigation.administration, icon: "shield", isForAdministrators: true },
];
