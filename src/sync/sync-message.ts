import type { SyncResource } from "../database/generated/sqlite/client.ts";
import type { SyncRunModel } from "../database/generated/sqlite/models.ts";

/** What a sync answers: the texts are those that clients of the replaced systems compare with. */
export type SyncResult = {
  readonly success: boolean;
  readonly message: string;
  readonly errors: readonly string[];
  readonly run: SyncRunModel | null;
};

const NO_CREDENTIAL = "User has no Odoo credentials configured";
const NOUNS: Readonly<Record<SyncResource, string>> = { CONTACTS: "contact", PRODUCTS: "product" };

/** The answer to somebody who has nothing to sync with. */
export function withoutCredential(): SyncResult {
  return { success: false, message: NO_CREDENTIAL, errors: [NO_CREDENTIAL], run: null };
}

/** The answer to somebody whose run went with its credential, which was deleted meanwhile. */
export function withoutRun(resource: SyncResource): SyncResult {
  const reason = "Its credential was deleted";
  return { success: false, message: `Odoo ${NOUNS[resource]} sync failed: ${reason}`, errors: [reason], run: null };
}

/** The answer to somebody who wants a full run and does not wait, while one is open that only reads what has changed. */
export function describeLess(run: SyncRunModel): SyncResult {
  const message = `A ${NOUNS[run.resource]} sync that reads only what has changed is running: ask for a full one once it has ended.`;
  return { success: false, message, errors: [message], run };
}

function reasonOf(run: SyncRunModel): string {
  if (run.errorCode === "CREDENTIAL_REJECTED") return "Invalid Odoo credentials";
  return run.errorMessage ?? "The sync was not finished.";
}

/** The answer for a run as it stands: queued, running or ended. */
export function describeRun(run: SyncRunModel): SyncResult {
  const noun = NOUNS[run.resource];
  const { processed, created, updated, deleted } = run;
  switch (run.status) {
    case "SUCCEEDED": {
      const counts = `${created} created, ${updated} updated, ${deleted} deleted`;
      return { success: true, message: `Synced ${processed} ${noun}s: ${counts}.`, errors: [], run };
    }
    case "FAILED": {
      const reason = reasonOf(run);
      return { success: false, message: `Odoo ${noun} sync failed: ${reason}`, errors: [reason], run };
    }
    case "CANCELLED": {
      const message = `Odoo ${noun} sync was cancelled`;
      return { success: false, message, errors: [message], run };
    }
    default:
      return {
        success: true,
        message: `The ${noun} sync is ${run.status === "QUEUED" ? "queued" : "running"}.`,
        errors: [],
        run,
      };
  }
}
