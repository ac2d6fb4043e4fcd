import { Toast } from "@base-ui/react/toast";
import { texts } from "../texts/texts.ts";
import { IconButton } from "./button.tsx";
import { Icon } from "./icon.tsx";
import styles from "./toast.module.css";

const toasts = Toast.createToastManager();

/** Says in passing that something is done; what needs an answer or stays wrong belongs on the page instead. */
export function say(title: string): void {
  toasts.add({ title });
}

/** Says in passing what failed, or why what was asked for is not done. */
export function sayFailure(title: string): void {
  toasts.add({ title, type: FAILURE, priority: "high" });
}

const FAILURE = "failure";

/** The place where such words appear; read out as they do. */
export function Toasts() {
  return (
    <Toast.Provider toastManager={toasts} timeout={5_000}>
      <Toast.Portal>
        <Toast.Viewport className={styles.viewport}>
          <ToastList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function ToastList() {
  const { toasts: shown } = Toast.useToastManager();
  return shown.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} className={styles.toast}>
      <Icon name={toast.type === FAILURE ? "alert" : "checkCircle"} />
      <Toast.Title className={styles.title} render={<p />} />
      <Toast.Close render={<IconButton label={texts.actions.close} icon="close" size="small" />} />
    </Toast.Root>
  ));
}
