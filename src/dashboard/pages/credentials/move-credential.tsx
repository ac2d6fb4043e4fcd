import { useState } from "react";
import type { Problem } from "../../client/problem.ts";
import { useAction } from "../../client/use-data.ts";
import { MoveCredentialDocument } from "../../gql/graphql.ts";
import { Button } from "../../parts/button.tsx";
import { TextField } from "../../parts/field.tsx";
import { FormDialog } from "../../parts/form-dialog.tsx";
import { say } from "../../parts/toast.tsx";
import { texts } from "../../texts/texts.ts";
import type { Credential } from "./detail.tsx";

const { form, move: words } = texts.credentials;

type Props = { readonly credential: Pick<Credential, "id" | "label" | "project"> };

/** The button that gives a credential another label or project. */
export function MoveCredential({ credential }: Props) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button size="small" icon="edit" onClick={() => setOpen(true)}>
        {words.action}
      </Button>
      {isOpen && <MoveForm credential={credential} onClose={() => setOpen(false)} />}
    </>
  );
}

function MoveForm({ credential, onClose }: Props & { readonly onClose: () => void }) {
  const { run, isRunning } = useAction(MoveCredentialDocument);
  const [label, setLabel] = useState(credential.label);
  const [project, setProject] = useState(credential.project);
  const [error, setError] = useState<Problem | null>(null);
  const errorOf = (field: string | null) => (error?.field === field ? error.message : null);
  const move = async () => {
    const { problem } = await run({ input: { id: credential.id, label, project } });
    setError(problem);
    if (problem !== null) return;
    say(words.done);
    onClose();
  };
  return (
    <FormDialog
      isOpen
      onClose={onClose}
      title={words.title}
      submitLabel={texts.actions.save}
      isBusy={isRunning}
      problem={errorOf(null)}
      onSubmit={() => void move()}
    >
      <p>{words.help}</p>
      <TextField
        label={form.label}
        value={label}
        onChange={({ target }) => setLabel(target.value)}
        error={errorOf("label")}
        spellCheck={false}
      />
      <TextField
        label={form.project}
        help={form.projectHelp}
        value={project}
        onChange={({ target }) => setProject(target.value)}
        error={errorOf("project")}
        spellCheck={false}
        isOptional
      />
    </FormDialog>
  );
}
