import { Link, Navigate, useLocation } from "react-router";
import { SecretField, TextField } from "../../parts/field.tsx";
import { useGatewayFacts } from "../../session/gateway-facts.ts";
import { session } from "../../session/session.ts";
import { texts } from "../../texts/texts.ts";
import { Entry } from "./entry.tsx";

const words = texts.signIn;

function signUp(form: FormData) {
  const email = String(form.get("email")).trim();
  return session.signUp({
    username: String(form.get("username")),
    password: String(form.get("password")),
    ...(email === "" ? {} : { email }),
  });
}

/** Making an account, which signs it in. */
export function SignUpPage() {
  const { search } = useLocation();
  const facts = useGatewayFacts();
  if (facts?.isRegistrationOpen === false) return <Navigate to={`/sign-in${search}`} replace />;
  return (
    <Entry
      title={words.signUpTitle}
      submitLabel={words.signUpSubmit}
      submit={signUp}
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
          <TextField
            label={words.email}
            name="email"
            type="email"
            autoComplete="email"
            help={words.emailHelp}
            error={errorOf("email")}
            isOptional
          />
          <SecretField
            label={words.password}
            name="password"
            autoComplete="new-password"
            help={facts !== null && words.passwordHelp(facts.passwordMinBytes)}
            error={errorOf("password")}
            required
          />
        </>
      )}
      footer={
        <>
          {words.haveAccount} <Link to={`/sign-in${search}`}>{words.toSignIn}</Link>
        </>
      }
    />
  );
}
