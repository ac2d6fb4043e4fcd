import { useEffect, useState } from "react";
import { texts } from "../texts/texts.ts";
import { Button } from "./button.tsx";

/** Copies a text; says so for a moment. `label` names the text for those who do not see where the button stands. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), 2_000);
    return () => clearTimeout(timer);
  }, [isCopied]);
  // Browsers lend the clipboard to secure origins alone.
  if (navigator.clipboard === undefined) return null;
  return (
    <Button
      size="small"
      icon={isCopied ? "check" : "copy"}
      aria-label={`${isCopied ? texts.actions.copied : texts.actions.copy}: ${label}`}
      onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}
    >
      {isCopied ? texts.actions.copied : texts.actions.copy}
    </Button>
  );
}
