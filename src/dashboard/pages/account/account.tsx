import { useData } from "../../client/use-data.ts";
import { AccountDocument, type AccountQuery } from "../../gql/graphql.ts";
import { SelectField } from "../../parts/field.tsx";
import { Loaded, Page, Stack } from "../../parts/page.tsx";
import { Card, Facts, Skeleton } from "../../parts/surface.tsx";
import { Time } from "../../parts/time.tsx";
import { chooseTheme, type Theme, useTheme } from "../../shell/theme.ts";
import { texts } from "../../texts/texts.ts";
import styles from "./account.module.css";
import { ChangePassword } from "./change-password.tsx";
import { SecondFactor } from "./second-factor.tsx";
import { Sessions } from "./sessions.tsx";

const words = texts.account;

/** The viewer's own account: profile, appearance, password, second factor, sessions. */
export function AccountPage() {
  const account = useData(AccountDocument, {}, { of: ["Session"] });
  return (
    <Page title={words.title}>
      <Loaded from={account} skeleton={<Skeleton rows={3} height="10rem" />}>
        {({ me, sessions, secondFactor }) => (
          <Stack>
            <div className={styles.columns}>
              <div className={styles.column}>
                {me != null && <Profile me={me} />}
                <Appearance />
                <SecondFactor state={secondFactor} onChanged={account.reload} />
              </div>
              <ChangePassword onChanged={account.reload} />
            </div>
            <Sessions sessions={sessions} onEnded={account.reload} />
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

function Profile({ me }: { readonly me: NonNullable<AccountQuery["me"]> }) {
  return (
    <Card title={words.profile}>
      <Facts
        facts={[
          [words.username, me.username],
          [words.email, me.email ?? words.noEmail],
          [words.role, words.roles[me.role]],
          [words.since, <Time key="since" value={me.createdAt} />],
        ]}
      />
    </Card>
  );
}

function Appearance() {
  const theme = useTheme();
  return (
    <Card title={words.theme}>
      <SelectField
        label={texts.theme.label}
        help={words.themeHelp}
        value={theme}
        onChange={({ target }) => chooseTheme(target.value as Theme)}
      >
        <option value="system">{texts.theme.system}</option>
        <option value="light">{texts.theme.light}</option>
        <option value="dark">{texts.theme.dark}</option>
      </SelectField>
    </Card>
  );
}
