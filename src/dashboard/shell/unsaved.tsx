import { useEffect } from "react";
import { useBlocker } from "react-router";
import { ConfirmDialog } from "../parts/dialog.tsx";
import { session } from "../session/session.ts";
import { texts } from "../texts/texts.ts";

/**
 * Asks before what was typed into a page is lost: with a question of ours when a link or the way back leads elsewhere, with the
 * browser's own before a reload. `isUnsaved` is asked at that moment, and stays the same function.
 */
export function Unsaved({ isUnsaved }: { readonly isUnsaved: () => boolean }) {
  const blocker = useBlocker(isUnsaved);
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => {
      if (isUnsaved() && !session.isLeaving()) event.preventDefault();
    };
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [isUnsaved]);
  const { title, text, leave } = texts.unsaved;
  return (
    <ConfirmDialog
      isOpen={blocker.state === "blocked"}
      onClose={() => blocker.reset?.()}
      title={title}
      description={text}
      confirmLabel={leave}
      onConfirm={() => blocker.proceed?.()}
    />
  );
}
