import { lazy, Suspense, useMemo } from "react";
import { Navigate, Outlet, useLocation } from "react-router";
import { Provider } from "urql";
import { createClient } from "../client/client.ts";
import { Mark } from "../parts/icon.tsx";
import { EmptyState } from "../parts/surface.tsx";
import { Toasts } from "../parts/toast.tsx";
import { texts } from "../texts/texts.ts";
import { ConfirmPasswordDialog } from "./confirm-dialog.tsx";
import { ExpiredDialog } from "./expired-dialog.tsx";
import styles from "./session-gate.module.css";
import { useSession } from "./use-session.ts";

/** Not with the first load: hardly anybody ever sees it. */
const RequiredStepPage = lazy(async () => ({
  default: (await import("../pages/account/required-step.tsx")).RequiredStepPage,
}));

/** Lets through who is signed in, with a client that knows nothing of who was before; others sign in and come back here. */
export function SessionGate() {
  const state = useSession();
  const { status, user } = state;
  const { pathname, search } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another person gets another client
  const client = useMemo(createClient, [user?.id]);
  if (status === "starting") return <Starting />;
  if (status === "away") return <Away />;
  if (user === null) {
    const here = `${pathname}${search}`;
    return <Navigate to={here === "/" ? "/sign-in" : `/sign-in?to=${encodeURIComponent(here)}`} replace />;
  }
  return (
    <Provider value={client}>
      {state.requiredStep === null ? (
        <Outlet />
      ) : (
        <Suspense fallback={<Starting />}>
          <RequiredStepPage step={state.requiredStep} />
        </Suspense>
      )}
      <ConfirmPasswordDialog />
      <ExpiredDialog />
      <Toasts />
    </Provider>
  );
}

/** Until it is known who is here and the first page is loaded. */
export function Starting() {
  return (
    <div className={styles.middle} role="status">
      <Mark size={44} />
      <span className="visually-hidden">{texts.loading}</span>
    </div>
  );
}

function Away() {
  return (
    <main className={styles.middle}>
      <EmptyState icon="alert" title={texts.away.title}>
        {texts.away.text}
      </EmptyState>
    </main>
  );
}
