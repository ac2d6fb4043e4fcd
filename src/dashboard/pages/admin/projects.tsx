import { useState } from "react";
import { useAction, useData } from "../../client/use-data.ts";
import {
  type AdminProjectFragment,
  AdminProjectsDocument,
  DeleteProjectDocument,
  SaveProjectDocument,
} from "../../gql/graphql.ts";
import { Button, IconButton } from "../../parts/button.tsx";
import { ConfirmDialog } from "../../parts/dialog.tsx";
import { Menu, MenuItem, MenuSeparator } from "../../parts/menu.tsx";
import { Loaded } from "../../parts/page.tsx";
import { Badge, EmptyState, Skeleton } from "../../parts/surface.tsx";
import { type Column, Table } from "../../parts/table.tsx";
import { say, sayFailure } from "../../parts/toast.tsx";
import { useUser } from "../../session/use-session.ts";
import { texts } from "../../texts/texts.ts";
import styles from "./admin.module.css";
import { AdminPage } from "./admin-page.tsx";
import { ProjectForm } from "./project-form.tsx";

const words = texts.projects;

type Project = AdminProjectFragment;

/** The projects of the portal, archived ones too; those of PROJECTS_FILE are shown and changed there. */
export function ProjectsPage() {
  const { role } = useUser();
  const projects = useData(AdminProjectsDocument, {}, { of: ["Project"], pause: role !== "ADMIN" });
  const [edited, setEdited] = useState<Project | "new" | null>(null);
  const add = (
    <Button look="primary" icon="plus" onClick={() => setEdited("new")}>
      {words.add}
    </Button>
  );
  return (
    <AdminPage title={words.title} description={words.description} actions={add}>
      <Loaded from={projects} skeleton={<Skeleton rows={4} />}>
        {(data) =>
          data.projects.length === 0 ? (
            <EmptyState icon="grid" title={words.emptyTitle}>
              {words.empty}
            </EmptyState>
          ) : (
            <Table
              label={words.title}
              columns={columnsFor(setEdited, projects.reload)}
              rows={data.projects}
              keyOf={({ id }) => id}
            />
          )
        }
      </Loaded>
      {edited !== null && (
        <ProjectForm project={edited === "new" ? null : edited} onClose={() => setEdited(null)} onSaved={() => setEdited(null)} />
      )}
    </AdminPage>
  );
}

const columnsFor = (onEdit: (project: Project) => void, onDeleted: () => void): ReadonlyArray<Column<Project>> => [
  {
    key: "name",
    title: words.name,
    cell: ({ name, slug }) => (
      <span className={styles.name}>
        <strong>{name}</strong>
        <span className={`${styles.soft} ${styles.id}`}>{slug}</span>
      </span>
    ),
  },
  {
    key: "launch",
    title: words.launchUrl,
    cell: ({ launchUrlTemplate }) => launchUrlTemplate ?? <span className={styles.soft}>{words.noLaunch}</span>,
  },
  {
    key: "needs",
    title: words.needsShort,
    cell: ({ requiredConnectors }) =>
      requiredConnectors.map(({ connector }) => connector.name).join(", ") || (
        <span className={styles.soft}>{words.needsNothing}</span>
      ),
  },
  { key: "state", title: words.state, cell: (project) => <State project={project} /> },
  {
    key: "actions",
    title: words.actions,
    isUntitled: true,
    cell: (project) =>
      project.source === "FILE" ? null : <Actions project={project} onEdit={() => onEdit(project)} onDeleted={onDeleted} />,
  },
];

function State({ project: { isArchived, isReachable, healthMessage, source } }: { readonly project: Project }) {
  const { reachable, unreachable } = texts.portal;
  return (
    <span className={styles.name}>
      <Badge tone={isArchived ? "neutral" : "ok"}>{isArchived ? words.archived : words.shown}</Badge>
      {isReachable != null && (
        <span title={healthMessage ?? undefined}>
          <Badge tone={isReachable ? "ok" : "bad"}>{isReachable ? reachable : unreachable}</Badge>
        </span>
      )}
      {source === "FILE" && (
        <span title={words.fromFileHelp}>
          <Badge tone="neutral">{words.fromFile}</Badge>
        </span>
      )}
    </span>
  );
}

type ActionsProps = { readonly project: Project; readonly onEdit: () => void; readonly onDeleted: () => void };

function Actions({ project, onEdit, onDeleted }: ActionsProps) {
  const { slug, name, isArchived } = project;
  const saving = useAction(SaveProjectDocument);
  const [isAsked, setAsked] = useState(false);
  const archive = async () => {
    const { data, problem } = await saving.run({ input: { slug, isArchived: !isArchived } });
    const refusal = problem?.message ?? data?.saveProject?.userErrors[0]?.message ?? null;
    if (refusal === null) say(words.saved(name));
    else sayFailure(refusal);
  };
  return (
    <>
      <Menu trigger={<IconButton label={words.actionsOf(name)} icon="more" size="small" />}>
        <MenuItem icon="edit" onSelect={onEdit}>
          {words.edit}
        </MenuItem>
        <MenuItem icon={isArchived ? "check" : "cross"} onSelect={() => void archive()}>
          {isArchived ? words.restore : words.archive}
        </MenuItem>
        <MenuSeparator />
        <MenuItem icon="trash" isDanger onSelect={() => setAsked(true)}>
          {words.remove}
        </MenuItem>
      </Menu>
      {isAsked && <DeleteProject project={project} onClose={() => setAsked(false)} onDeleted={onDeleted} />}
    </>
  );
}

function DeleteProject({
  project: { id, name },
  onClose,
  onDeleted,
}: Omit<ActionsProps, "onEdit"> & { readonly onClose: () => void }) {
  const { run, isRunning } = useAction(DeleteProjectDocument);
  const [error, setError] = useState<string | null>(null);
  const remove = async () => {
    const { data, problem } = await run({ id });
    const refusal = problem?.message ?? data?.deleteProject?.userErrors[0]?.message ?? null;
    setError(refusal);
    if (refusal !== null) return;
    onClose();
    say(words.removed);
    onDeleted();
  };
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={words.removeTitle(name)}
      description={words.removeText}
      confirmLabel={words.remove}
      onConfirm={() => void remove()}
      isBusy={isRunning}
      error={error}
    />
  );
}
