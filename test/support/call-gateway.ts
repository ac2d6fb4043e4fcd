import { onTestFinished } from "vitest";
import type { StreamLimits } from "../../src/upstream/upstream-limits.ts";
import { auditTrail } from "./access.ts";
import { openCallNode } from "./call-node.ts";
import { createTestStore } from "./database.ts";
import { createTestRing } from "./key-ring.ts";

export type CallGateway = Awaited<ReturnType<typeof startCallGateway>>;

/** A call node over a store of its own that goes away with the test. */
export async function startCallGateway(limits: Partial<StreamLimits> = {}) {
  const store = await createTestStore("migrated");
  const { close, audit, ...node } = await openCallNode({ store, ring: createTestRing(), limits });
  onTestFinished(async () => {
    await close();
    await store.remove();
  });
  return {
    ...node,
    /** What calls left on record, oldest first, once every call that began has ended. */
    trail: async () => {
      for (;;) {
        await audit.flush();
        const events = (await auditTrail(node.database)).filter(({ action }) => action.startsWith("UPSTREAM_"));
        const begun = events.filter(({ action }) => action === "UPSTREAM_CALL_STARTED");
        if (events.length === begun.length * 2) return events;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    /** From here on the audit trail cannot be written. */
    breakAudit: () => audit.close(),
  };
}
