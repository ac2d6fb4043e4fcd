import { useState } from "react";
import { type Outcome, useAction } from "../../client/use-data.ts";
import {
  type AdminUserFragment,
  ChangeUserRoleDocument,
  DeleteUserDocument,
  EndUserSessionsDocument,
  ResetUserPasswordDocument,
  ResetUserSecondFactorDocument,
  SetUserActiveDocument,
} from "../../gql/graphql.ts";
import { IconButton } from "../../parts/button.tsx";
import { ConfirmDialog } from "../../parts/dialog.tsx";
import { Menu, MenuItem, MenuLink, MenuSeparator } from "../../parts/menu.tsx";
import { say, sayFailure } from "../../parts/toast.tsx";
import { texts } from "../../texts/texts.ts";
import { ShownOnce } from "./shown-once.tsx";

const words = texts.admin.users;

type Props = { readonly user: AdminUserFragment; readonly onChanged: () => void };
type Payload = { readonly userErrors: ReadonlyArray<{ readonly message: string }> } | null | undefined;

/** What kept an action from being done, in words; null when it was done. */
function refusalOf<Data>({ data, problem }: Outcome<Data>, pick: (data: Data) => Payload): string | null {
  return problem === null ? (pick(data)?.userErrors[0]?.message ?? null) : problem.message;
}

/** The menu of what can be done to a user. */
export function UserActions({ user, onChanged }: Props) {
  const { id, username, role, isActive, secondFactorSince } = user;
  const [question, setQuestion] = useState<"reset" | "second-factor" | "delete" | null>(null);
  const activity = useAction(SetUserActiveDocument);
  const roles = useAction(ChangeUserRoleDocument);
  const sessions = useAction(EndUserSessionsDocument);
  const tell = (refusal: string | null, done: string) => {
    if (refusal === null) say(done);
    else sayFailure(refusal);
    onChanged();
  };
  const setActive = async () => {
    const outcome = await activity.run({ id, isActive: !isActive });
    tell(
      refusalOf(outcome, ({ setUserActive }) => setUserActive),
      words.changed,
    );
  };
  const changeRole = async () => {
    const outcome = await roles.run({ id, role: role === "ADMIN" ? "USER" : "ADMIN" });
    tell(
      refusalOf(outcome, ({ changeUserRole }) => changeUserRole),
      words.changed,
    );
  };
  const endSessions = async () => {
    const outcome = await sessions.run({ id });
    tell(
      refusalOf(outcome, ({ endUserSessions }) => endUserSessions),
      words.ended(outcome.data?.endUserSessions?.endedCount ?? 0),
    );
  };
  return (
    <>
      <Menu trigger={<IconButton label={words.actionsOf(username)} icon="more" size="small" />}>
        <MenuItem icon={isActive ? "cross" : "check"} onSelect={() => void setActive()}>
          {isActive ? words.disable : words.enable}
        </MenuItem>
        <MenuItem icon="shield" onSelect={() => void changeRole()}>
          {role === "ADMIN" ? words.makeUser : words.makeAdmin}
        </MenuItem>
        <MenuItem icon="key" onSelect={() => setQuestion("reset")}>
          {words.reset}
        </MenuItem>
        {secondFactorSince != null && (
          <MenuItem icon="shield" onSelect={() => setQuestion("second-factor")}>
            {words.resetFactor}
          </MenuItem>
        )}
        <MenuItem icon="signOut" onSelect={() => void endSessions()}>
          {words.end}
        </MenuItem>
        <MenuLink to={`/activity?by=${id}`} icon="activity">
          {texts.activity.title}
        </MenuLink>
        <MenuSeparator />
        <MenuItem icon="trash" isDanger onSelect={() => setQuestion("delete")}>
          {words.remove}
        </MenuItem>
      </Menu>
      <ResetPassword user={user} isOpen={question === "reset"} onClose={() => setQuestion(null)} />
      <ResetSecondFactor
        user={user}
        isOpen={question === "second-factor"}
        onClose={() => setQuestion(null)}
        onChanged={onChanged}
      />
      <DeleteUser user={user} isOpen={question === "delete"} onClose={() => setQuestion(null)} onChanged={onChanged} />
    </>
  );
}

type QuestionProps = Pick<Props, "user"> & { readonly isOpen: boolean; readonly onClose: () => void };

function ResetPassword({ user: { id, username }, isOpen, onClose }: QuestionProps) {
  const { run, isRunning } = useAction(ResetUserPasswordDocument);
  const [error, setError] = useState<string | null>(null);
  const [password, setPassword] = useState<string | null>(null);
  const reset = async () => {
    const outcome = await run({ id });
    const refusal = refusalOf(outcome, ({ resetUserPassword }) => resetUserPassword);
    setError(refusal);
    if (refusal !== null) return;
    onClose();
    setPassword(outcome.data?.resetUserPassword?.password ?? null);
  };
  return (
    <>
      <ConfirmDialog
        isOpen={isOpen}
        onClose={onClose}
        title={words.resetTitle(username)}
        description={words.resetText}
        confirmLabel={words.reset}
        onConfirm={() => void reset()}
        isBusy={isRunning}
        error={error}
      />
      <ShownOnce title={words.newPassword(username)} label={words.password} secret={password} onClose={() => setPassword(null)} />
    </>
  );
}

function ResetSecondFactor({ user: { id, username }, isOpen, onClose, onChanged }: QuestionProps & Pick<Props, "onChanged">) {
  const { run, isRunning } = useAction(ResetUserSecondFactorDocument);
  const [error, setError] = useState<string | null>(null);
  const reset = async () => {
    const refusal = refusalOf(await run({ id }), ({ resetUserSecondFactor }) => resetUserSecondFactor);
    setError(refusal);
    if (refusal !== null) return;
    onClose();
    say(words.factorTaken);
    onChanged();
  };
  return (
    <ConfirmDialog
      isOpen={isOpen}
      onClose={onClose}
      title={words.resetFactorTitle(username)}
      description={words.resetFactorText}
      confirmLabel={words.resetFactor}
      onConfirm={() => void reset()}
      isBusy={isRunning}
      error={error}
    />
  );
}

function DeleteUser({ user: { id, username }, isOpen, onClose, onChanged }: QuestionProps & Pick<Props, "onChanged">) {
  const { run, isRunning } = useAction(DeleteUserDocument);
  const [error, setError] = useState<string | null>(null);
  const remove = async () => {
    const refusal = refusalOf(await run({ id, username }), ({ deleteUser }) => deleteUser);
    setError(refusal);
    if (refusal !== null) return;
    onClose();
    say(words.removed);
    onChanged();
  };
  return (
    <ConfirmDialog
      isOpen={isOpen}
      onClose={onClose}
      title={words.removeTitle(username)}
      description={words.removeText}
      typed={{ label: words.removeTyped(username), text: username }}
      confirmLabel={words.remove}
      onConfirm={() => void remove()}
      isBusy={isRunning}
      error={error}
    />
  );
}
