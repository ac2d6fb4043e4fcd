import { Menu as BaseMenu } from "@base-ui/react/menu";
import type { ReactElement, ReactNode } from "react";
import { useNavigate } from "react-router";
import { Icon, type IconName } from "./icon.tsx";
import styles from "./menu.module.css";

/** A list of things to do behind a button; arrows, letters and Escape work. */
export function Menu({ trigger, children }: { readonly trigger: ReactElement; readonly children: ReactNode }) {
  return (
    <BaseMenu.Root>
      <BaseMenu.Trigger render={trigger} />
      <BaseMenu.Portal>
        <BaseMenu.Positioner sideOffset={6} align="end" className={styles.positioner}>
          <BaseMenu.Popup className={styles.popup}>{children}</BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  );
}

type ItemLook = { readonly icon?: IconName; readonly isDanger?: boolean; readonly children: ReactNode };

/** A line of a menu that does something. */
export function MenuItem({ icon, isDanger = false, children, onSelect }: ItemLook & { readonly onSelect: () => void }) {
  return (
    <BaseMenu.Item onClick={onSelect} className={`${styles.item} ${isDanger ? styles.danger : ""}`}>
      {icon !== undefined && <Icon name={icon} size={16} />}
      {children}
    </BaseMenu.Item>
  );
}

/** An item that leads to another page. */
export function MenuLink({ to, ...look }: ItemLook & { readonly to: string }) {
  const navigate = useNavigate();
  return <MenuItem {...look} onSelect={() => void navigate(to)} />;
}

/** One of several, of which one is chosen. */
export function MenuChoice<Value extends string>({
  label,
  value,
  choices,
  onChange,
}: {
  readonly label: string;
  readonly value: Value;
  readonly choices: ReadonlyArray<{ readonly value: Value; readonly label: string; readonly icon: IconName }>;
  readonly onChange: (value: Value) => void;
}) {
  return (
    <BaseMenu.Group>
      <BaseMenu.GroupLabel className={styles.groupLabel}>{label}</BaseMenu.GroupLabel>
      <BaseMenu.RadioGroup value={value} onValueChange={onChange}>
        {choices.map((choice) => (
          <BaseMenu.RadioItem key={choice.value} value={choice.value} className={styles.item} closeOnClick={false}>
            <Icon name={choice.icon} size={16} />
            <span className={styles.choiceText}>{choice.label}</span>
            <BaseMenu.RadioItemIndicator className={styles.chosen}>
              <Icon name="check" size={16} />
            </BaseMenu.RadioItemIndicator>
          </BaseMenu.RadioItem>
        ))}
      </BaseMenu.RadioGroup>
    </BaseMenu.Group>
  );
}

/** A rule between two groups of a menu. */
export function MenuSeparator() {
  return <BaseMenu.Separator className={styles.separator} />;
}
