import { Dialog } from "@base-ui/react/dialog";
import { Suspense, useEffect, useState } from "react";
import { Link, NavLink, Outlet, useLocation } from "react-router";
import { IconButton } from "../parts/button.tsx";
import { Icon, Mark } from "../parts/icon.tsx";
import { Skeleton } from "../parts/surface.tsx";
import { useUser } from "../session/use-session.ts";
import { texts } from "../texts/texts.ts";
import { AttentionBadge, AttentionBanner } from "./attention.tsx";
import { NAVIGATION } from "./navigation.ts";
import styles from "./shell.module.css";
import { UserMenu } from "./user-menu.tsx";

/** The frame around every page of a person who is signed in: menu, account, and the page itself. */
export function Shell() {
  const [isMenuOpen, setMenuOpen] = useState(false);
  const { pathname } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page closes the menu
  useEffect(() => setMenuOpen(false), [pathname]);
  return (
    <div className={styles.shell}>
      <a href="#content" className={styles.skip}>
        {texts.skipToContent}
      </a>
      <header className={styles.bar}>
        <div>
          <Dialog.Root open={isMenuOpen} onOpenChange={setMenuOpen}>
            <Dialog.Trigger render={<IconButton label={texts.navigation.open} icon="menu" />} />
            <Dialog.Portal>
              <Dialog.Backdrop className={styles.backdrop} />
              <Dialog.Popup className={styles.drawer} aria-label={texts.navigation.label}>
                <div className={styles.drawerHead}>
                  <Brand />
                  <Dialog.Close render={<IconButton label={texts.navigation.close} icon="close" />} />
                </div>
                <Navigation />
              </Dialog.Popup>
            </Dialog.Portal>
          </Dialog.Root>
        </div>
        <Brand />
        <div className={styles.barEnd}>
          <UserMenu isCompact />
        </div>
      </header>
      <aside className={styles.side}>
        <Brand />
        <Navigation />
        <UserMenu />
      </aside>
      <main id="content" tabIndex={-1} className={styles.content}>
        <AttentionBanner />
        <Suspense fallback={<Skeleton rows={4} height="5rem" />}>
          <Outlet />
        </Suspense>
      </main>
    </div>
  );
}

function Brand() {
  return (
    <Link to="/" className={styles.brand}>
      <Mark />
      {texts.product}
    </Link>
  );
}

function Navigation() {
  const { role } = useUser();
  const items = NAVIGATION.filter(({ isForAdministrators = false }) => !isForAdministrators || role === "ADMIN");
  return (
    <nav aria-label={texts.navigation.label} className={styles.navigation}>
      <ul>
        {items.map(({ to, label, icon }) => (
          <li key={to}>
            <NavLink to={to} end={to === "/"} className={styles.link}>
              <Icon name={icon} />
              <span>{label}</span>
              {to === "/credentials" && <AttentionBadge />}
            </NavLink>
          </li>
        ))}
        <li>
          {/* A page of its own: what it is made of needs a wider content policy than the dashboard's. */}
          <a href="/graphql" target="_blank" rel="noopener" className={styles.link}>
            <Icon name="code" />
            <span>{texts.navigation.playground}</span>
            <Icon name="external" size={14} />
          </a>
        </li>
      </ul>
    </nav>
  );
}
