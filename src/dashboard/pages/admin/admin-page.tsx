import type { ReactNode } from "react";
import { NavLink } from "react-router";
import { Page, Stack } from "../../parts/page.tsx";
import { Notice } from "../../parts/surface.tsx";
import { useUser } from "../../session/use-session.ts";
import { texts } from "../../texts/texts.ts";
import styles from "./admin.module.css";

const words = texts.admin;

const PLACES = [
  ["/admin", words.navigation.overview],
  ["/admin/users", words.navigation.users],
  ["/admin/projects", words.navigation.projects],
  ["/admin/tokens", words.navigation.tokens],
  ["/admin/keys", words.navigation.keys],
  ["/admin/system", words.navigation.system],
] as const;

/** A page of administration below its menu. To who is no administrator it says so and asks the gateway for nothing. */
export function AdminPage({
  title,
  description,
  actions,
  children,
}: {
  readonly title: string;
  readonly description: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  const { role } = useUser();
  if (role !== "ADMIN")
    return (
      <Page title={title}>
        <Notice tone="warn" title={words.refusedTitle}>
          {words.refused}
        </Notice>
      </Page>
    );
  return (
    <Page title={title} description={description} actions={actions}>
      <Stack>
        <nav aria-label={words.navigation.label} className={styles.places}>
          {PLACES.map(([to, label]) => (
            <NavLink key={to} to={to} end className={styles.place}>
              {label}
            </NavLink>
          ))}
        </nav>
        {children}
      </Stack>
    </Page>
  );
}
