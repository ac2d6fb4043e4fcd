import { useEffect, useRef } from "react";
import { TextField } from "../parts/field.tsx";
import { texts } from "../texts/texts.ts";

/** The code of an authenticator app, or a recovery code. `isNext`: it is what is missing now, and gets the focus. */
export function CodeField({
  isNext = false,
  ...field
}: {
  readonly isNext?: boolean;
  readonly help?: string;
  readonly value?: string;
  readonly onChange?: (event: { readonly target: { readonly value: string } }) => void;
  readonly error: string | null;
}) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (isNext) input.current?.focus();
  }, [isNext]);
  return (
    <TextField
      label={texts.signIn.code}
      help={texts.signIn.codeHelp}
      name="code"
      ref={input}
      autoComplete="one-time-code"
      autoCapitalize="off"
      spellCheck={false}
      maxLength={60}
      required
      {...field}
    />
  );
}
