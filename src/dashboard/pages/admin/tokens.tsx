import { useState } from "react";
import { useAction, useData } from "../../client/use-data.ts";
import { usePager } from "../../client/use-pager.ts";
import { type AdminTokenFragment, AdminTokensDocument, RevokeServiceTokenDocument } from "../../gql/graphql.ts";
import { Button, ButtonRow, LinkButton } from "../../parts/button.tsx";
import { ConfirmDialog } from "../../parts/dialog.tsx";
import { Loaded } from "../../parts/page.tsx";
import { Pager } from "../../parts/pager.tsx";
import { Badge, EmptyState, Skeleton, type Tone } from "../../parts/surface.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { say } from "../../parts/toast.tsx";
import { useUser } from "../../session/use-session.ts";
import { texts } from "../../texts/texts.ts";
import styles from "./admin.module.css";
import { AdminPage } from "./admin-page.tsx";
import { CreateToken } from "./create-token.tsx";

const words = texts.admin.tokens;
const SIZE = 25;

type Token = AdminTokenFragment;
type TokenState = keyof typeof words.states;

const TONES: Readonly<Record<TokenState, Tone>> = { ACTIVE: "ok", EXPIRED: "warn", REVOKED: "neutral" };

function stateOf({ revokedAt, expiresAt }: Token): TokenState {
  if (revokedAt != null) return "REVOKED";
  return expiresAt != null && new Date(expiresAt) <= new Date() ? "EXPIRED" : "ACTIVE";
}

/** The tokens of machines: what each may do, when it was used last, and the end of it. */
export function TokensPage() {
  const [isCreating, setCreating] = useState(false);
  const pager = usePager("");
  const { role } = useUser();
  const variables = { first: SIZE, after: pager.after };
  const tokens = useData(AdminTokensDocument, variables, { of: ["ServiceToken"], pause: role !== "ADMIN" });
  const add = (
    <Button look="primary" icon="plus" onClick={() => setCreating(true)}>
      {words.add}
    </Button>
  );
  return (
    <AdminPage title={words.title} description={words.description} actions={add}>
      <Loaded from={tokens} skeleton={<Skeleton rows={5} />}>
        {({ serviceTokens }) =>
          serviceTokens.totalCount === 0 ? (
            <EmptyState icon="key" title={words.emptyTitle}>
              {words.empty}
            </EmptyState>
          ) : (
            <>
              <Table label={words.title} columns={COLUMNS} rows={serviceTokens.nodes} keyOf={({ id }) => id} />
              <Pager pager={pager} size={SIZE} of={serviceTokens} isBusy={tokens.isStale} />
            </>
          )
        }
      </Loaded>
      <CreateToken isOpen={isCreating} onClose={() => setCreating(false)} />
    </AdminPage>
  );
}

const COLUMNS: ReadonlyArray<Column<Token>> = [
  {
    key: "name",
    title: words.name,
    cell: ({ name, firstCharacters }) => (
      <span className={styles.name}>
        <strong>{name}</strong>
        <span className={`${styles.soft} ${styles.id}`}>{firstCharacters}…</span>
      </span>
    ),
  },
  {
    key: "permissions",
    title: words.permissions,
    cell: ({ permissions }) => (
      <div className={styles.whole}>
        <Lines of={permissions} />
      </div>
    ),
  },
  { key: "limits", title: words.limits, cell: (token) => <Limits token={token} /> },
  {
    key: "used",
    title: words.lastUsed,
    cell: ({ lastUsedAt }) =>
      lastUsedAt == null ? <span className={styles.soft}>{texts.never}</span> : <Time value={lastUsedAt} />,
  },
  {
    key: "expires",
    title: words.expires,
    cell: ({ expiresAt }) =>
      expiresAt == null ? <span className={styles.soft}>{texts.never}</span> : <Time value={expiresAt} />,
  },
  {
    key: "state",
    title: words.state,
    cell: (token) => <Badge tone={TONES[stateOf(token)]}>{words.states[stateOf(token)]}</Badge>,
  },
  {
    key: "actions",
    title: words.actions,
    isUntitled: true,
    cell: (token) => (
      <ButtonRow>
        <LinkButton to={`/activity?by=${token.id}`} size="small" aria-label={words.activityOf(token.name)}>
          {texts.activity.title}
        </LinkButton>
        {stateOf(token) === "ACTIVE" && <Revoke token={token} />}
      </ButtonRow>
    ),
  },
];

function Lines({ of }: { readonly of: readonly string[] }) {
  return (
    <ul className={styles.lines}>
      {of.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}

function Limits({ token: { connectors, projects, users } }: { readonly token: Token }) {
  const limits = [
    [words.connectors, connectors],
    [words.projects, projects],
    [words.users, users],
  ] as const;
  const given = limits.filter(([, names]) => names.length > 0);
  if (given.length === 0) return <span className={styles.soft}>{words.noLimits}</span>;
  return <Lines of={given.map(([title, names]) => `${title}: ${names.join(", ")}`)} />;
}

function Revoke({ token: { id, name } }: { readonly token: Token }) {
  const { run, isRunning } = useAction(RevokeServiceTokenDocument);
  const [isAsked, setAsked] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const revoke = async () => {
    const { data, problem } = await run({ id });
    const refusal = problem?.message ?? data?.revokeServiceToken?.userErrors[0]?.message ?? null;
    setError(refusal);
    if (refusal !== null) return;
    setAsked(false);
    say(words.revoked);
  };
  return (
    <>
      <Button size="small" aria-label={words.revokeOf(name)} onClick={() => setAsked(true)}>
        {words.revoke}
      </Button>
      <ConfirmDialog
        isOpen={isAsked}
        onClose={() => setAsked(false)}
        title={words.revokeTitle(name)}
        description={words.revokeText}
        confirmLabel={words.revoke}
        onConfirm={() => void revoke()}
        isBusy={isRunning}
        error={error}
      />
    </>
  );
}
