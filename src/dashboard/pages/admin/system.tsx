import { Link } from "react-router";
import { useData } from "../../client/use-data.ts";
import { useAllPages } from "../../client/use-pages.ts";
import {
  AdminSystemDocument,
  type AdminSystemQuery,
  CredentialsDocument,
  type ListedCredentialFragment,
} from "../../gql/graphql.ts";
import { LinkButton } from "../../parts/button.tsx";
import { Loaded, ProblemNotice, Stack } from "../../parts/page.tsx";
import { Badge, Card, Facts, Skeleton } from "../../parts/surface.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { useUser } from "../../session/use-session.ts";
import { texts } from "../../texts/texts.ts";
import { StatusBadge } from "../credentials/status-badge.tsx";
import styles from "./admin.module.css";
import { AdminPage } from "./admin-page.tsx";

const words = texts.admin.system;

type Settings = AdminSystemQuery["settings"];
type Connector = AdminSystemQuery["connectors"][number];
type Issuer = Settings["trustedIssuers"][number];

/** What stands in for people, the systems that are known, and whose tokens are believed. */
export function SystemPage() {
  const { role } = useUser();
  return (
    <AdminPage title={words.title} description={words.description}>
      {role === "ADMIN" && <SystemDefaults />}
      <SystemFacts isPaused={role !== "ADMIN"} />
    </AdminPage>
  );
}

function SystemDefaults() {
  const { rows, isLoading, problem, reload } = useAllPages(CredentialsDocument, ({ credentials }) => credentials);
  const defaults = rows.filter(({ source }) => source === "SYSTEM");
  return (
    <Card
      title={words.defaults}
      description={words.defaultsText}
      actions={
        <LinkButton to="/credentials/new?owner=system" size="small" icon="plus">
          {words.add}
        </LinkButton>
      }
    >
      {problem !== null && <ProblemNotice problem={problem} onRetry={reload} />}
      {isLoading && defaults.length === 0 && <Skeleton rows={2} />}
      {!isLoading && problem === null && defaults.length === 0 && <p className={styles.soft}>{words.noDefaults}</p>}
      {defaults.length > 0 && <Table label={words.defaults} columns={DEFAULTS} rows={defaults} keyOf={({ id }) => id} />}
    </Card>
  );
}

const DEFAULTS: ReadonlyArray<Column<ListedCredentialFragment>> = [
  {
    key: "connector",
    title: words.connector,
    cell: ({ id, connector, label }) => <Link to={`/credentials/${id}`}>{`${connector.name} · ${label}`}</Link>,
  },
  {
    key: "project",
    title: words.project,
    cell: ({ project }) => (project === "" ? <span className={styles.soft}>{words.anyProject}</span> : project),
  },
  { key: "status", title: words.status, cell: (credential) => <StatusBadge credential={credential} /> },
];

function SystemFacts({ isPaused }: { readonly isPaused: boolean }) {
  const system = useData(AdminSystemDocument, {}, { pause: isPaused });
  return (
    <Loaded from={system} skeleton={<Skeleton rows={3} height="8rem" />}>
      {({ settings, connectors }) => (
        <Stack>
          <Policies settings={settings} />
          <Card title={words.issuers} description={words.issuersText}>
            {settings.trustedIssuers.length === 0 ? (
              <p className={styles.soft}>{words.noIssuers}</p>
            ) : (
              <Table label={words.issuers} columns={ISSUERS} rows={settings.trustedIssuers} keyOf={({ name }) => name} />
            )}
          </Card>
          <Card title={words.connectors} description={words.connectorsText}>
            <Table label={words.connectors} columns={CONNECTORS} rows={connectors} keyOf={({ id }) => id} />
          </Card>
        </Stack>
      )}
    </Loaded>
  );
}

function Policies({ settings: { isFallbackAllowed, isRegistrationOpen } }: { readonly settings: Settings }) {
  return (
    <Card title={words.policies} description={words.policyHelp}>
      <Facts
        facts={[
          [
            words.policy,
            <span key="policy" className={styles.name}>
              <Badge tone={isFallbackAllowed ? "info" : "neutral"}>{isFallbackAllowed ? words.allowed : words.denied}</Badge>
              {isFallbackAllowed ? words.policyAllowed : words.policyDenied}
            </span>,
          ],
          [
            words.registration,
            <span key="registration" className={styles.name}>
              <Badge tone={isRegistrationOpen ? "info" : "neutral"}>{isRegistrationOpen ? words.open : words.closed}</Badge>
              {isRegistrationOpen ? words.registrationOpen : words.registrationClosed}
            </span>,
          ],
        ]}
      />
    </Card>
  );
}

const ISSUERS: ReadonlyArray<Column<Issuer>> = [
  { key: "name", title: words.name, cell: ({ name }) => <strong className={styles.name}>{name}</strong> },
  {
    key: "issuer",
    title: words.issuer,
    cell: ({ issuer }) => issuer ?? <span className={styles.soft}>{words.noIssuer}</span>,
  },
  { key: "proof", title: words.proof, cell: ({ proof }) => words.proofs[proof] },
  { key: "role", title: words.role, cell: ({ role }) => texts.admin.users.roles[role] },
  {
    key: "creates",
    title: words.creates,
    cell: ({ createsUsers }) => (createsUsers ? words.createsYes : words.createsNo),
  },
];

const CONNECTORS: ReadonlyArray<Column<Connector>> = [
  {
    key: "name",
    title: words.connector,
    cell: ({ name, id }) => (
      <span className={styles.name}>
        <strong>{name}</strong>
        <span className={`${styles.soft} ${styles.id}`}>{id}</span>
      </span>
    ),
  },
  {
    key: "capabilities",
    title: words.capabilities,
    cell: ({ capabilities }) => capabilities.map((capability) => words.abilities[capability]).join(", "),
  },
  { key: "fields", title: words.fields, cell: ({ fields }) => <FieldList fields={fields} /> },
];

function FieldList({ fields }: Pick<Connector, "fields">) {
  return (
    <ul className={styles.lines}>
      {fields.map(({ name, label, isSecret, isRequired }) => {
        const marks = [...(isSecret ? [words.secret] : []), ...(isRequired ? [] : [words.optional])];
        return (
          <li key={name}>
            {label}
            {marks.length > 0 && <span className={styles.soft}> ({marks.join(", ")})</span>}
          </li>
        );
      })}
    </ul>
  );
}
