import { useState } from "react";
import { useAction, useData } from "../../client/use-data.ts";
import { type AdminProjectFragment, ConnectorsDocument, SaveProjectDocument, type SaveProjectInput } from "../../gql/graphql.ts";
import { TextField } from "../../parts/field.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { say } from "../../parts/toast.tsx";
import { texts } from "../../texts/texts.ts";
import { Choices } from "./choices.tsx";

const words = texts.projects;

type Values = {
  readonly name: string;
  /** Null as long as nobody typed one: then it is made of the name. */
  readonly slug: string | null;
  readonly description: string;
  readonly launchUrl: string;
  readonly healthUrl: string;
  readonly connectors: readonly string[];
};
type PersonError = { readonly code?: string | null; readonly field?: string | null; readonly message: string };

const slugOf = (name: string) =>
  name
    .toLowerCase()
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 64);

function valuesOf(project: AdminProjectFragment | null): Values {
  return {
    name: project?.name ?? "",
    slug: project?.slug ?? null,
    description: project?.description ?? "",
    launchUrl: project?.launchUrlTemplate ?? "",
    healthUrl: project?.healthUrl ?? "",
    connectors: [...new Set(project?.requiredConnectors.map(({ connector }) => connector.id))],
  };
}

/** What is to be saved; a connector that stays required keeps the project that it was required for. */
function inputOf({ slug, connectors, ...values }: Values, project: AdminProjectFragment | null): SaveProjectInput {
  const before = project?.requiredConnectors.map(({ connector, project }) => ({ connector: connector.id, project })) ?? [];
  const kept = before.filter(({ connector }) => connectors.includes(connector));
  const added = connectors.filter((id) => !before.some(({ connector }) => connector === id));
  const requiredConnectors = [...kept, ...added.map((connector) => ({ connector }))];
  return { ...values, slug: slug ?? slugOf(values.name), requiredConnectors, replaces: project?.id ?? null };
}

/** A refusal as it reads beside its field, which it names by the API's name. */
const textOf = ({ code, field, message }: PersonError) => {
  if (code === "PROJECT_EXISTS") return words.taken;
  return field != null && message.startsWith(`${field} `) ? `This ${message.slice(field.length + 1)}` : message;
};

/** The form of a new project, or over one that there is. */
export function ProjectForm({
  project,
  onClose,
  onSaved,
}: {
  readonly project: AdminProjectFragment | null;
  readonly onClose: () => void;
  readonly onSaved: () => void;
}) {
  const { run, isRunning } = useAction(SaveProjectDocument);
  const [values, setValues] = useState(() => valuesOf(project));
  const [errors, setErrors] = useState<readonly PersonError[]>([]);
  const set = (change: Partial<Values>) => setValues((before) => ({ ...before, ...change }));
  const errorOf = (name: string) => errors.filter(({ field }) => field === name).map(textOf)[0] ?? null;
  const general = errors.find(({ field }) => field == null || !(field in values));
  const save = async () => {
    const { data, problem } = await run({ input: inputOf(values, project) });
    const refused: readonly PersonError[] = problem === null ? (data.saveProject?.userErrors ?? []) : [problem];
    setErrors(refused);
    if (refused.length > 0) return;
    say(words.saved(values.name));
    onSaved();
  };
  const text = (name: "name" | "description" | "launchUrl" | "healthUrl") => ({
    value: values[name],
    onChange: ({ target }: { readonly target: { readonly value: string } }) => set({ [name]: target.value }),
    error: errorOf(name),
  });
  return (
    <FormDialog
      isOpen
      onClose={onClose}
      title={project === null ? words.addTitle : words.editTitle(project.name)}
      submitLabel={words.save}
      isBusy={isRunning}
      problem={general === undefined ? null : general.message}
      onSubmit={() => void save()}
    >
      <TextField label={words.name} {...text("name")} required />
      {project === null && (
        <TextField
          label={words.slug}
          help={words.slugHelp}
          value={values.slug ?? slugOf(values.name)}
          onChange={({ target }) => set({ slug: target.value })}
          error={errorOf("slug")}
          spellCheck={false}
          required
        />
      )}
      <TextField label={words.describe} help={words.describeHelp} {...text("description")} isOptional />
      <TextField label={words.launchUrl} help={words.launchUrlHelp} {...text("launchUrl")} spellCheck={false} isOptional />
      <TextField label={words.healthUrl} help={words.healthUrlHelp} {...text("healthUrl")} spellCheck={false} isOptional />
      <Needs chosen={values.connectors} onChange={(connectors) => set({ connectors })} />
    </FormDialog>
  );
}

function Needs(props: { readonly chosen: readonly string[]; readonly onChange: (chosen: readonly string[]) => void }) {
  const { data } = useData(ConnectorsDocument, {});
  const choices = (data?.connectors ?? []).map(({ id, name }) => [id, name] as const);
  return <Choices title={words.needs} choices={choices} error={null} {...props} />;
}
