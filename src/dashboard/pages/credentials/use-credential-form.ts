import { useCallback, useRef, useState } from "react";
import { useAction } from "../../client/use-data.ts";
import {
  type ListedCredentialFragment,
  SaveCredentialDocument,
  type SaveCredentialInput,
  SaveSystemDefaultDocument,
  type TestResultFragment,
} from "../../gql/graphql.ts";
import { say } from "../../parts/toast.tsx";
import { texts } from "../../texts/texts.ts";
import type { FormConnector } from "./credential-form.tsx";
import { isNeverTried } from "./status-badge.tsx";
import type { TestProgress } from "./test-ladder.tsx";
import { isPlainHttp, useConnectionTest } from "./use-connection-test.ts";
import { problemOfValue } from "./value-problem.ts";

/** A stored credential that the form goes over: its readable values, and the names of secrets that it has. */
export type Stored = {
  readonly id: string;
  readonly version: number;
  readonly project: string;
  readonly label: string;
  readonly isDefault: boolean;
  readonly values: Readonly<Record<string, string>>;
  readonly secretNames: readonly string[];
};

/** The label that a new credential's form begins with. */
export const FIRST_LABEL = "default";

type Values = Readonly<Record<string, string>>;
type Errors = Readonly<Record<string, string>>;
type PersonError = { readonly code: string; readonly field?: string | null | undefined; readonly message: string };

const words = texts.credentials.form;

function initialValues(connector: FormConnector, stored: Stored | null): Record<string, string> {
  return Object.fromEntries(connector.fields.map(({ name, defaultValue }) => [name, stored?.values[name] ?? defaultValue ?? ""]));
}

/** What is said of a save, with the test that let it pass or without one. */
function savedText(test: TestResultFragment | null): string {
  if (test === null) return words.savedUntested;
  return isNeverTried(test) ? words.savedComplete : words.saved;
}

/** What is wrong with the values as they stand, by the field that says it. */
function problemsOf(connector: FormConnector, values: Values, stored: Stored | null): Errors {
  return Object.fromEntries(
    connector.fields.flatMap((field) => {
      const problem = problemOfValue(field, values[field.name] ?? "", stored?.secretNames.includes(field.name) ?? false);
      return problem === null ? [] : [[`fields.${field.name}`, problem]];
    }),
  );
}

/** What is sent of the values: a stored secret that is left empty stays, and an emptied value is taken away. */
function fieldsToSend(connector: FormConnector, values: Values, stored: Stored | null): SaveCredentialInput["fields"] {
  return connector.fields
    .filter(({ name }) => !(stored?.secretNames.includes(name) && values[name] === ""))
    .filter(({ name }) => values[name] !== "" || stored?.values[name] !== undefined)
    .map(({ name }) => ({ name, value: values[name] || null }));
}

/** The gateway's errors by the field that says them. */
function errorsAtFields(given: readonly PersonError[]): Errors {
  const atFields = given.filter(({ field }) => field != null);
  return Object.fromEntries(atFields.map(({ field, message }) => [field?.replace(/^input\./, "") ?? "", message]));
}

/** True when a stored secret stays as it is: the browser does not have it. */
function keepsStoredSecret(connector: FormConnector, values: Values, stored: Stored | null): boolean {
  const secretNames = connector.fields.filter(({ isSecret }) => isSecret).map(({ name }) => name);
  return stored !== null && secretNames.some((name) => stored.secretNames.includes(name) && values[name] === "");
}

/** What is typed into the form, and what is said at its fields. */
function useTyped(connector: FormConnector, initialProject: string, stored: Stored | null) {
  const [values, setValues] = useState(() => initialValues(connector, stored));
  const [project, setProject] = useState(stored?.project ?? initialProject);
  const [label, setLabel] = useState(stored?.label ?? FIRST_LABEL);
  const [isDefault, setDefault] = useState(false);
  const [errors, setErrors] = useState<Errors>({});
  // Not a state: the page is left in the very moment in which it is saved.
  const unsaved = useRef(false);
  const noted =
    <Value>(set: (value: Value) => void) =>
    (value: Value) => {
      unsaved.current = true;
      set(value);
    };
  return {
    ...{ values, project, label, isDefault, setErrors },
    ...{ setProject: noted(setProject), setLabel: noted(setLabel), setDefault: noted(setDefault) },
    isUnsaved: useCallback(() => unsaved.current, []),
    noteSaved: () => {
      unsaved.current = false;
    },
    setValue: (name: string, value: string) => {
      unsaved.current = true;
      setValues((before) => ({ ...before, [name]: value }));
      setErrors(({ [`fields.${name}`]: _, ...others }) => others);
    },
    errorOf: (field: string) => errors[field] ?? null,
    /** Looks at a field that was left: what is not empty is judged at once. */
    checkValue: (name: string) => {
      const problem = values[name] === "" ? undefined : problemsOf(connector, values, stored)[`fields.${name}`];
      if (problem !== undefined) setErrors((before) => ({ ...before, [`fields.${name}`]: problem }));
    },
  };
}

/** What becomes of the form's attempts to test and to save. */
function useAttempts(isSystemDefault: boolean) {
  const [problem, setProblem] = useState<string | null>(null);
  const [progress, setProgress] = useState<TestProgress | null>(null);
  const [isBusy, setBusy] = useState(false);
  const own = useAction(SaveCredentialDocument);
  const forEverybody = useAction(SaveSystemDefaultDocument);
  const begin = async (act: () => Promise<void>) => {
    setBusy(true);
    await act().finally(() => setBusy(false));
  };
  return {
    ...{ problem, setProblem, progress, setProgress, isBusy, begin },
    runTest: useConnectionTest(),
    runSave: (isSystemDefault ? forEverybody : own).run,
  };
}

/** The state of a credential's form and what its buttons do; nothing typed is lost by any refusal. */
export function useCredentialForm(
  connector: FormConnector,
  initialProject: string,
  stored: Stored | null,
  onSaved: (credential: ListedCredentialFragment) => void,
  isSystemDefault = false,
) {
  const { setErrors, ...typed } = useTyped(connector, initialProject, stored);
  const { setProblem, setProgress, runTest, runSave, begin, ...attempts } = useAttempts(isSystemDefault);
  // That of the values which the form began with: what was saved meanwhile, in another tab say, is not undone by them.
  const [replacesVersion] = useState(stored?.version ?? null);
  const { values, project, label, isDefault } = typed;
  const keepsSecret = keepsStoredSecret(connector, values, stored);

  const attempt = async (act: () => Promise<void>) => {
    const found = problemsOf(connector, values, stored);
    setErrors(found);
    setProblem(null);
    if (Object.keys(found).length === 0 && !attempts.isBusy) await begin(act);
  };
  const tryFields = async (): Promise<boolean> => {
    const { result, userErrors, problem } = await runTest(connector.id, fieldsToSend(connector, values, stored), setProgress);
    setErrors(errorsAtFields(userErrors));
    if (problem !== null) {
      setProgress(null);
      setProblem(problem.message);
    }
    return result?.outcome === "PASSED";
  };
  const save = async (test: boolean) => {
    const replaced = { replaces: stored?.id ?? null, replacesVersion };
    const place = { connector: connector.id, project, label, ...replaced };
    const input = { ...place, fields: fieldsToSend(connector, values, stored), test, ...(isDefault ? { isDefault } : {}) };
    const { data, problem } = await runSave({ input });
    if (problem?.code === "CONFLICT" && stored === null) return setErrors({ label: words.exists });
    if (problem !== null) return setProblem(problem.message);
    const saved = data.saveCredential;
    setErrors(errorsAtFields(saved?.userErrors ?? []));
    if (saved?.connectionTest != null) {
      const isPlain = isPlainHttp(Object.values(values));
      setProgress({ reached: saved.connectionTest.stage, result: saved.connectionTest, isPlain });
    }
    if (saved?.credential == null) return;
    say(savedText(saved.connectionTest ?? null));
    typed.noteSaved();
    onSaved(saved.credential);
  };

  return {
    ...typed,
    ...attempts,
    /** Stored secrets that stay as they are can only be tried together with saving. */
    canTest: !keepsSecret,
    test: () => attempt(async () => void (await tryFields())),
    testAndSave: () =>
      attempt(async () => {
        // What fails here is sent no second time.
        if (keepsSecret || (await tryFields())) await save(true);
      }),
    saveUntested: () => attempt(() => save(false)),
  };
}
