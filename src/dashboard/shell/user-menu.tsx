import { Button, IconButton } from "../parts/button.tsx";
import { Menu, MenuChoice, MenuItem, MenuLink, MenuSeparator } from "../parts/menu.tsx";
import { session } from "../session/session.ts";
import { useUser } from "../session/use-session.ts";
import { texts } from "../texts/texts.ts";
import { chooseTheme, useTheme } from "./theme.ts";
import styles from "./user-menu.module.css";

/** Who is signed in, and what belongs to that: account, theme, signing out. */
export function UserMenu({ isCompact = false }: { readonly isCompact?: boolean }) {
  const { username } = useUser();
  const theme = useTheme();
  const label = texts.userMenu.label(username);
  const trigger = isCompact ? (
    <IconButton label={label} icon="user" />
  ) : (
    <Button look="quiet" icon="user" className={styles.wide} aria-label={label}>
      <span className={styles.name}>{username}</span>
    </Button>
  );
  return (
    <Menu trigger={trigger}>
      <p className={styles.who}>{username}</p>
      <MenuLink to="/account" icon="user">
        {texts.userMenu.account}
      </MenuLink>
      <MenuSeparator />
      <MenuChoice
        label={texts.theme.label}
        value={theme}
        onChange={chooseTheme}
        choices={[
          { value: "system", label: texts.theme.system, icon: "monitor" },
          { value: "light", label: texts.theme.light, icon: "sun" },
          { value: "dark", label: texts.theme.dark, icon: "moon" },
        ]}
      />
      <MenuSeparator />
      <MenuItem icon="signOut" onSelect={() => void session.signOut()}>
        {texts.userMenu.signOut}
      </MenuItem>
    </Menu>
  );
}
