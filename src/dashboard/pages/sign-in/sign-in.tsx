import { Link, useLocation } from "react-router";
import { SecretField, TextField } from "../../parts/field.tsx";
import { CodeField } from "../../session/code-field.tsx";
import { useGatewayFacts } from "../../session/gateway-facts.ts";
import { CODE_NEEDED, session } from "../../session/session.ts";
import { texts } from "../../texts/texts.ts";
import { Entry } from "./entry.tsx";

const words = texts.signIn;

function signIn(form: FormData) {
  const code = form.get("code");
  return session.signIn({
    username: String(form.get("username")),
    password: String(form.get("password")),
    ...(code === null ? {} : { code: String(code) }),
  });
}

/** Signing in by name and password, and by a code where the gateway says that one is wanted. */
export function SignInPage() {
  const { search } = useLocation();
  const isOpen = useGatewayFacts()?.isRegistrationOpen ?? true;
  return (
    <Entry
      title={words.title}
      submitLabel={words.submit}
      submit={signIn}
      fields={(errorOf, userErrors) => (
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
          {errorOf("code") !== null && (
            <CodeField isNext error={userErrors.some(({ code }) => code === CODE_NEEDED) ? null : errorOf("code")} />
          )}
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
