import { useSyncExternalStore } from "react";
import { type SessionState, type SessionUser, session } from "./session.ts";

/** The session's state; renders again when it changes. */
export function useSession(): SessionState {
  return useSyncExternalStore(session.subscribe, session.state);
}

/** The person who is signed in. @throws {Error} outside the pages that need a session. */
export function useUser(): SessionUser {
  const { user } = useSession();
  if (user === null) throw new Error("This page needs a session");
  return user;
}
