import type { ComponentType } from "react";

type LoadPage = () => Promise<ComponentType>;

/**
 * Every page by its address, each in a script of its own that is loaded when it is opened. An address outside PAGE_PATHS of
 * src/http/pages.ts works by links alone: a reload would be 404.
 */
export const PAGES = {
  "/": async () => (await import("./pages/portal/portal.tsx")).PortalPage,
  "/sign-in": async () => (await import("./pages/sign-in/sign-in.tsx")).SignInPage,
  "/sign-up": async () => (await import("./pages/sign-in/sign-up.tsx")).SignUpPage,
  "/credentials": async () => (await import("./pages/credentials/list.tsx")).CredentialsPage,
  "/credentials/new": async () => (await import("./pages/credentials/new.tsx")).NewCredentialPage,
  "/credentials/:id": async () => (await import("./pages/credentials/detail.tsx")).CredentialPage,
  "/credentials/:id/edit": async () => (await import("./pages/credentials/edit.tsx")).EditCredentialPage,
  "/sync": async () => (await import("./pages/sync/sync.tsx")).SyncPage,
  "/contacts": async () => (await import("./pages/data/contacts.tsx")).ContactsPage,
  "/products": async () => (await import("./pages/data/products.tsx")).ProductsPage,
  "/activity": async () => (await import("./pages/activity/activity.tsx")).ActivityPage,
  "/account": async () => (await import("./pages/account/account.tsx")).AccountPage,
  "/admin": async () => (await import("./pages/admin/overview.tsx")).OverviewPage,
  "/admin/users": async () => (await import("./pages/admin/users.tsx")).UsersPage,
  "/admin/projects": async () => (await import("./pages/admin/projects.tsx")).ProjectsPage,
  "/admin/tokens": async () => (await import("./pages/admin/tokens.tsx")).TokensPage,
  "/admin/keys": async () => (await import("./pages/admin/keys.tsx")).KeysPage,
  "/admin/system": async () => (await import("./pages/admin/system.tsx")).SystemPage,
} satisfies Readonly<Record<string, LoadPage>>;

export type PageAddress = keyof typeof PAGES;

/** The page at an address of the browser's; undefined where there is none. */
export function pageAt(pathname: string): LoadPage | undefined {
  const found = Object.entries(PAGES).find(([address]) => new RegExp(`^${address.replace(/:\w+/g, "[^/]+")}$`).test(pathname));
  return found?.[1];
}
