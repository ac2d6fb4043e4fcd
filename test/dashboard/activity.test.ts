import { expect, it } from "vitest";
import { AUDIT_ACTIONS } from "../../src/audit/audit-event.ts";
import { actionsOf, EVERYTHING, kindOf } from "../../src/dashboard/pages/activity/kinds.ts";
import { activity, PHRASES } from "../../src/dashboard/texts/activity.ts";

it("the activity page has words and a kind for every action that is recorded, and for no other", () => {
  expect(Object.keys(PHRASES).sort()).toEqual([...AUDIT_ACTIONS].sort());
  expect(AUDIT_ACTIONS.filter((action) => kindOf(action) === undefined)).toEqual([]);
  const kinds = Object.keys(activity.kinds);
  const listed = kinds.flatMap((kind) => actionsOf(kind) ?? []);
  expect([...listed, "UPSTREAM_CALL_STARTED"].sort()).toEqual([...AUDIT_ACTIONS].sort());
  expect(AUDIT_ACTIONS.filter((action) => !actionsOf("")?.includes(action))).toEqual(["SESSION_REFRESHED"]);
  expect(actionsOf(EVERYTHING)).toBeNull();
});
