import { Link, useLocation } from "react-router";
import { SecretField, TextField } from "../../parts/field.tsx";
import { useGatewayFacts } from "../../session/gateway-facts.ts";
import { session } from "../../session/session.ts";
import { texts } from "../../texts/texts.ts";
import { Entry } from "./entry.tsx";

const words = texts.signIn;

/** Signing in by name and password. */
export function SignInPage() {
  const { search } = useLocation();
  const isOpen = useGatewayFacts()?.isRegistrationOpen ?? true;
  return (
    <Entry
      title={words.title}
      submitLabel={words.submit}
      submit={(form) => session.signIn({ username: String(form.get("username")), password: String(form.get("password")) })}
      fields={(errorOf) => (
        <>
          <TextField
            label={words.username}
            name="username"
            autoComplete="username"
            autoCapitalize="off"
            spellCheck={false}
            error={errorOf("username")}
            required
          />
          <SecretField
            label={words.password}
            name="password"
            autoComplete="current-password"
            error={errorOf("password")}
            required
          />
        </>
      )}
      footer={
        isOpen ? (
          <>
            {words.noAccount} <Link to={`/sign-up${search}`}>{words.toSignUp}</Link>
          </>
        ) : (
          words.closed
        )
      }
    />
  );
}
