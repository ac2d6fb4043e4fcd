import type { PlannedUser, UserImportService } from "../../access/user-import.service.ts";
import { canonicalise } from "../../access/username.ts";
import type { SystemViewer } from "../../access/viewer.ts";
import type { CredentialSavingService, PlannedSave } from "../../credentials/credential-saving.service.ts";
import { asStoreError, type Database } from "../../database/database.ts";
import { GatewayError } from "../../errors.ts";
import type { Outcome, ReportLine } from "./import-report.ts";
import type { SourceAccount, SourceCredential } from "./source-account.ts";

export type AccountMoverDeps = {
  readonly database: Pick<Database, "transaction">;
  readonly users: Pick<UserImportService, "plan" | "write">;
  readonly saving: Pick<CredentialSavingService, "planImport" | "prepareImport">;
  readonly viewer: SystemViewer;
  readonly isApplied: boolean;
  /** Whether accounts that no import made get what their namesakes have in the source. */
  readonly isMerging: boolean;
  /** Told of failures that are Postern's own. */
  readonly onFailure: (error: unknown) => void;
};

/** One thing of an account on its way, and what has become of it. */
type Step = {
  readonly subject: string;
  readonly place: string | null;
  readonly outcome: Outcome;
  readonly note: string | null;
  readonly user?: PlannedUser;
  readonly save?: PlannedSave;
};

const USER_OUTCOMES = { CREATE: "create user", ADD_PASSWORD: "add password", KEEP: "keep user" } as const;
const SAVE_OUTCOMES = { CREATE: "create credential", REPLACE: "new version", KEEP: "same already" } as const;

/**
 * Moves one account in after another. What can be taken of an account is written in one transaction; what stands in one row
 * is taken whole or not at all; and what goes wrong with one account is no other's trouble.
 */
export class AccountMover {
  readonly #deps: AccountMoverDeps;
  /** The names met so far, canonical to as written: a dry run has no other way to see that two of them are one. */
  readonly #names = new Map<string, string>();

  constructor(deps: AccountMoverDeps) {
    this.#deps = deps;
  }

  /** What became of the account, or would become of it. */
  async move(account: SourceAccount): Promise<readonly ReportLine[]> {
    let steps = await this.#plan(account);
    if (this.#deps.isApplied && steps.some(isChange)) steps = await this.#apply(steps);
    return steps.map(({ outcome, subject, place, note }) => ({ outcome, name: account.name, subject, place, note }));
  }

  async #plan(source: SourceAccount): Promise<Step[]> {
    const owner = source.account === null ? null : await this.#planUser(source);
    const problem = source.problem ?? (owner?.outcome === "REFUSED" ? "its user is refused" : null);
    const ownerId = owner?.user?.user.id ?? null;
    const taken = new Map<string, string>();
    const credentials: Step[] = [];
    for (const credential of source.credentials) {
      credentials.push(await this.#planCredential(credential, { ownerId, problem, taken }));
    }
    const steps = keepRowsWhole(owner === null ? credentials : [owner, ...credentials]);
    // Who is only named by credentials comes with them or not at all.
    const isAnyTaken = steps.some((step) => step.save !== undefined);
    const wanted = source.place === null && !isAnyTaken ? steps.filter((step) => step.user?.change !== "CREATE") : steps;
    return this.#guardNamesake(wanted);
  }

  /** Somebody may have registered a name here before its owner in the other system moved in: the operator says who is who. */
  #guardNamesake(steps: readonly Step[]): Step[] {
    const madeHere = steps.find(({ user }) => user !== undefined)?.user?.madeHere ?? null;
    if (madeHere === null || !steps.some(isChange)) return [...steps];
    const since = `no import made the account that has this name here since ${madeHere.toISOString()}`;
    return steps.map((step) => {
      const { user, subject, place } = step;
      if (this.#deps.isMerging)
        return user === undefined ? step : { ...step, note: joined(step.note, `${since}: it takes these`) };
      if (user === undefined && !isChange(step)) return step;
      const note = user === undefined ? "its user is refused" : `${since}: if it is the same person's, --merge`;
      return { subject, place, outcome: "REFUSED", note };
    });
  }

  async #planUser({ account, name, place, problem }: SourceAccount): Promise<Step> {
    const step = { subject: "user", place };
    const twin = this.#names.get(canonicalise(name));
    this.#names.set(canonicalise(name), twin ?? name);
    if (twin !== undefined) {
      const note = twin === name ? "the name came before" : `the name is the same as ${twin}, which came before`;
      return { ...step, outcome: "REFUSED", note };
    }
    if (account === null || problem !== undefined) return { ...step, outcome: "REFUSED", note: problem ?? null };
    try {
      const user = await this.#deps.users.plan(this.#deps.viewer, account);
      return { ...step, outcome: USER_OUTCOMES[user.change], note: user.note, user };
    } catch (error) {
      return { ...step, outcome: "REFUSED", note: this.#reasonOf(error) };
    }
  }

  async #planCredential(
    { connector, project, label, place, content }: SourceCredential,
    account: { readonly ownerId: string | null; readonly problem: string | null; readonly taken: Map<string, string> },
  ): Promise<Step> {
    const subject = [connector, project, label === "default" ? "" : label].filter((part) => part !== "").join(" ");
    const step = { subject, place };
    const refuse = (note: string): Step => ({ ...step, outcome: "REFUSED", note });
    if (account.problem !== null) return refuse(account.problem);
    if (content === null) return { ...step, outcome: "no credential", note: "it is empty" };
    if ("problem" in content) return refuse(content.problem);
    const key = JSON.stringify([connector, project.trim(), label.trim()]);
    const twin = account.taken.get(key);
    if (twin !== undefined) return refuse(`${twin} is the same connector, project and label`);
    account.taken.set(key, place);
    try {
      const input = { connector, project, label, fields: content.fields };
      const save = await this.#deps.saving.planImport(this.#deps.viewer, account.ownerId, input);
      return { ...step, outcome: SAVE_OUTCOMES[save.change], note: null, save };
    } catch (error) {
      return refuse(this.#reasonOf(error));
    }
  }

  async #apply(steps: readonly Step[]): Promise<Step[]> {
    const { database, users, saving, viewer } = this.#deps;
    try {
      const prepared = await Promise.all(steps.map(({ save }) => (save ? saving.prepareImport(viewer, save) : null)));
      await database.transaction(async (transaction) => {
        for (const { user } of steps) if (user !== undefined) await users.write(transaction, viewer, user);
        for (const each of prepared) await each?.write(transaction);
      });
      for (const each of prepared) await each?.announce();
      return [...steps];
    } catch (error) {
      const note = this.#reasonOf(error);
      return steps.map((step) => (isChange(step) ? { ...step, outcome: "REFUSED", note } : step));
    }
  }

  /** What the operator may be told. Other errors could quote a value, so they go to the log alone. */
  #reasonOf(error: unknown): string {
    const known = asStoreError(error);
    if (known instanceof GatewayError) return known.message;
    this.#deps.onFailure(error);
    return "Postern failed here; its log says how";
  }
}

function joined(first: string | null, second: string): string {
  return first === null ? second : `${first}; ${second}`;
}

function isChange({ user, save }: Step): boolean {
  return (user !== undefined && user.change !== "KEEP") || (save !== undefined && save.change !== "KEEP");
}

/** Refuses with a refused step all others of its row. */
function keepRowsWhole(steps: readonly Step[]): Step[] {
  const refused = new Set(steps.filter(({ outcome }) => outcome === "REFUSED").map(({ place }) => place));
  const isUserRefused = steps.some(({ subject, place }) => subject === "user" && place !== null && refused.has(place));
  return steps.map((step) => {
    if (step.outcome === "REFUSED" || step.outcome === "no credential") return step;
    if (!isUserRefused && !(step.place !== null && refused.has(step.place))) return step;
    const { subject, place } = step;
    return { subject, place, outcome: "REFUSED", note: "another part of its row is refused" };
  });
}
