import { useState } from "react";
import { useAction, useData } from "../../client/use-data.ts";
import { ConnectorsDocument, CreateServiceTokenDocument } from "../../gql/graphql.ts";
import { SelectField, TextField } from "../../parts/field.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { texts } from "../../texts/texts.ts";
import { Choices, type ChoicesProps } from "./choices.tsx";
import { ShownOnce } from "./shown-once.tsx";

const words = texts.admin.tokens;
const DAYS = [7, 30, 90, 365] as const;
const DAY_MS = 86_400_000;
const BLANK = {
  name: "",
  permissions: [] as readonly string[],
  connectors: [] as readonly string[],
  projects: "",
  users: "",
  days: "90",
};

type Values = typeof BLANK;
type PersonError = { readonly field?: string | null; readonly message: string };

const namesOf = (text: string) => text.split(",").flatMap((name) => name.trim() || []);

function inputOf({ name, permissions, connectors, projects, users, days }: Values) {
  const expiresAt = new Date(Date.now() + Number(days) * DAY_MS).toISOString();
  const lists = { permissions: [...permissions], connectors: [...connectors] };
  return { name, ...lists, projects: namesOf(projects), users: namesOf(users), expiresAt };
}

/** The form of a new token; the token itself is shown once. */
export function CreateToken({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  const { run, isRunning } = useAction(CreateServiceTokenDocument);
  const [values, setValues] = useState<Values>(BLANK);
  const [errors, setErrors] = useState<readonly PersonError[]>([]);
  const [made, setMade] = useState<{ readonly name: string; readonly token: string } | null>(null);
  const set = (change: Partial<Values>) => setValues((before) => ({ ...before, ...change }));
  const errorOf = (name: string) => errors.find(({ field }) => field?.startsWith(name))?.message ?? null;
  const general = errors.find(({ field }) => field == null || !Object.keys(BLANK).some((name) => field.startsWith(name)));
  const create = async () => {
    if (values.permissions.length === 0) return setErrors([{ field: "permissions", message: words.choosePermission }]);
    const { data, problem } = await run({ input: inputOf(values) });
    const refused: readonly PersonError[] = problem === null ? (data.createServiceToken?.userErrors ?? []) : [problem];
    setErrors(refused.map(({ field, message }) => ({ field: field?.replace(/^input\./, "") ?? null, message })));
    const token = data?.createServiceToken?.token;
    if (token == null) return;
    setMade({ name: values.name, token });
    setValues(BLANK);
    onClose();
  };
  return (
    <>
      <FormDialog
        isOpen={isOpen}
        onClose={onClose}
        title={words.add}
        submitLabel={words.add}
        isBusy={isRunning}
        problem={general?.message ?? null}
        onSubmit={() => void create()}
      >
        <TextField
          label={words.name}
          help={words.nameHelp}
          value={values.name}
          onChange={({ target }) => set({ name: target.value })}
          error={errorOf("name")}
          required
        />
        <Permissions
          chosen={values.permissions}
          onChange={(permissions) => set({ permissions })}
          error={errorOf("permissions")}
        />
        <Limits values={values} set={set} errorOf={errorOf} />
        <SelectField label={words.expiry} value={values.days} onChange={({ target }) => set({ days: target.value })}>
          {DAYS.map((days) => (
            <option key={days} value={days}>
              {words.days(days)}
            </option>
          ))}
        </SelectField>
      </FormDialog>
      <ShownOnce
        title={words.createdTitle(made?.name ?? "")}
        label={words.token}
        secret={made?.token ?? null}
        onClose={() => setMade(null)}
      />
    </>
  );
}

function Permissions(props: Omit<ChoicesProps, "title" | "choices">) {
  const choices = Object.entries(words.allowed).map(([permission, label]) => [permission, label, permission] as const);
  return <Choices title={words.permissions} choices={choices} {...props} />;
}

type LimitsProps = {
  readonly values: Values;
  readonly set: (change: Partial<Values>) => void;
  readonly errorOf: (name: string) => string | null;
};

function Limits({ values, set, errorOf }: LimitsProps) {
  const { data } = useData(ConnectorsDocument, {});
  return (
    <>
      <Choices
        title={`${words.connectors} · ${words.connectorsHelp}`}
        choices={(data?.connectors ?? []).map(({ id, name }) => [id, name] as const)}
        chosen={values.connectors}
        onChange={(connectors) => set({ connectors })}
        error={errorOf("connectors")}
      />
      <TextField
        label={words.projects}
        help={words.listHelp}
        value={values.projects}
        onChange={({ target }) => set({ projects: target.value })}
        error={errorOf("projects")}
        isOptional
      />
      <TextField
        label={words.users}
        help={words.listHelp}
        value={values.users}
        onChange={({ target }) => set({ users: target.value })}
        error={errorOf("users")}
        isOptional
      />
    </>
  );
}
