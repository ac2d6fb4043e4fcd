import { useDeferredValue, useState } from "react";
import { useData } from "../../client/use-data.ts";
import { usePager } from "../../client/use-pager.ts";
import { type AdminUserFragment, AdminUsersDocument } from "../../gql/graphql.ts";
import { Button } from "../../parts/button.tsx";
import { SearchField } from "../../parts/field.tsx";
import { Loaded } from "../../parts/page.tsx";
import { Pager } from "../../parts/pager.tsx";
import { Badge, EmptyState, Skeleton } from "../../parts/surface.tsx";
import { type Column, Filters, Table } from "../../parts/table.tsx";
import { Time } from "../../parts/time.tsx";
import { useUser } from "../../session/use-session.ts";
import { texts } from "../../texts/texts.ts";
import styles from "./admin.module.css";
import { AdminPage } from "./admin-page.tsx";
import { CreateUser } from "./create-user.tsx";
import { UserActions } from "./user-actions.tsx";

const words = texts.admin.users;
const SIZE = 25;

/** All accounts: searched by name, created, changed, and deleted. */
export function UsersPage() {
  const [isCreating, setCreating] = useState(false);
  const [search, setSearch] = useState("");
  const asked = useDeferredValue(search.trim());
  const pager = usePager(asked);
  const { role } = useUser();
  const variables = { first: SIZE, after: pager.after, search: asked === "" ? null : asked };
  const users = useData(AdminUsersDocument, variables, { of: ["User"], pause: role !== "ADMIN" });
  return (
    <AdminPage
      title={words.title}
      description={words.description}
      actions={
        <Button look="primary" icon="plus" onClick={() => setCreating(true)}>
          {words.add}
        </Button>
      }
    >
      <Filters>
        <SearchField label={words.search} value={search} onChange={({ target }) => setSearch(target.value)} />
      </Filters>
      <Loaded from={users} skeleton={<Skeleton rows={6} />}>
        {({ users: page }) => (
          <>
            {page.nodes.length === 0 ? (
              <EmptyState icon="search" title={words.noneTitle}>
                {words.none}
              </EmptyState>
            ) : (
              <UserTable rows={page.nodes} onChanged={users.reload} />
            )}
            <Pager pager={pager} size={SIZE} of={page} isBusy={users.isStale} />
          </>
        )}
      </Loaded>
      <CreateUser isOpen={isCreating} onClose={() => setCreating(false)} onCreated={users.reload} />
    </AdminPage>
  );
}

function UserTable({ rows, onChanged }: { readonly rows: readonly AdminUserFragment[]; readonly onChanged: () => void }) {
  const viewer = useUser();
  const columns: ReadonlyArray<Column<AdminUserFragment>> = [
    {
      key: "name",
      title: words.name,
      cell: ({ id, username }) => (
        <span className={styles.name}>
          <strong>{username}</strong>
          {id === viewer.id && <span className={styles.soft}>({words.you})</span>}
        </span>
      ),
    },
    { key: "email", title: words.email, cell: ({ email }) => email ?? <span className={styles.soft}>{words.noEmail}</span> },
    { key: "role", title: words.role, isWord: true, cell: ({ role }) => words.roles[role] },
    {
      key: "state",
      title: words.state,
      cell: ({ isActive }) => <Badge tone={isActive ? "ok" : "bad"}>{isActive ? words.active : words.disabled}</Badge>,
    },
    {
      key: "second-factor",
      title: words.secondFactor,
      isWord: true,
      cell: ({ secondFactorSince }) =>
        secondFactorSince == null ? <span className={styles.soft}>{words.without}</span> : words.with,
    },
    { key: "created", title: words.created, cell: ({ createdAt }) => <Time value={createdAt} /> },
    {
      key: "actions",
      title: words.actions,
      isUntitled: true,
      cell: (user) => <UserActions user={user} onChanged={onChanged} />,
    },
  ];
  return <Table label={words.title} columns={columns} rows={rows} keyOf={({ id }) => id} />;
}
