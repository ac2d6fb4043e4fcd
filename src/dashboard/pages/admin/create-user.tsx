import { useState } from "react";
import { useAction } from "../../client/use-data.ts";
import { CreateUserDocument, type Role } from "../../gql/graphql.ts";
import { SecretField, SelectField, TextField } from "../../parts/field.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { say } from "../../parts/toast.tsx";
import { texts } from "../../texts/texts.ts";
import { ShownOnce } from "./shown-once.tsx";

const words = texts.admin.users;
const BLANK = { username: "", email: "", password: "", role: "USER" as Role };

type Props = { readonly isOpen: boolean; readonly onClose: () => void; readonly onCreated: () => void };
type PersonError = { readonly field?: string | null; readonly message: string };

/** The form of a new account; a password that was made for it is shown once. */
export function CreateUser({ isOpen, onClose, onCreated }: Props) {
  const { run, isRunning } = useAction(CreateUserDocument);
  const [values, setValues] = useState(BLANK);
  const [errors, setErrors] = useState<readonly PersonError[]>([]);
  const [made, setMade] = useState<{ readonly username: string; readonly password: string } | null>(null);
  const set = (name: keyof typeof BLANK) => (event: { readonly target: { readonly value: string } }) =>
    setValues((before) => ({ ...before, [name]: event.target.value }));
  const errorOf = (name: string) => errors.find(({ field }) => field === name)?.message ?? null;
  const general = errors.find(({ field }) => field == null || !(field in BLANK));
  const create = async () => {
    const { username, email, password, role } = values;
    const input = { username, email: email || null, password: password || null, role };
    const { data, problem } = await run({ input });
    const refused = problem === null ? (data.createUser?.userErrors ?? []) : [problem];
    setErrors(refused);
    if (refused.length > 0) return;
    setValues(BLANK);
    onClose();
    onCreated();
    const secret = data?.createUser?.password ?? null;
    if (secret === null) say(words.createdTitle(username));
    else setMade({ username, password: secret });
  };
  return (
    <>
      <FormDialog
        isOpen={isOpen}
        onClose={onClose}
        title={words.createTitle}
        submitLabel={words.add}
        isBusy={isRunning}
        problem={general?.message ?? null}
        onSubmit={() => void create()}
      >
        <TextField
          label={words.name}
          value={values.username}
          onChange={set("username")}
          error={errorOf("username")}
          autoComplete="off"
          spellCheck={false}
          required
        />
        <TextField label={words.email} value={values.email} onChange={set("email")} error={errorOf("email")} isOptional />
        <SecretField
          label={words.password}
          help={words.passwordHelp}
          value={values.password}
          onChange={set("password")}
          error={errorOf("password")}
          isOptional
        />
        <SelectField label={words.role} value={values.role} onChange={set("role")}>
          <option value="USER">{words.roles.USER}</option>
          <option value="ADMIN">{words.roles.ADMIN}</option>
        </SelectField>
      </FormDialog>
      <ShownOnce
        title={words.createdTitle(made?.username ?? "")}
        label={words.password}
        secret={made?.password ?? null}
        onClose={() => setMade(null)}
      />
    </>
  );
}
