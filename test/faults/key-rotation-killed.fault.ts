import { openDatabase } from "../../src/database/database.ts";
import { createEnvelope } from "../../src/keys/envelope.ts";
import { createTestStore } from "../support/database.ts";
import { createRingPath, createTestRing } from "../support/key-ring.ts";
import { killRewrap } from "../support/rewrap-killing.ts";
import { createTestRotation, openAll, sealCredentials, unrecorded } from "../support/sealed-credentials.ts";
import { defineFault } from "./support/define-fault.ts";

const RECORDS_A_KILL = 60;

defineFault({
  name: "key-rotation-killed",
  about: "A re-wrapping is killed at many points: nothing is lost at any, the next one goes on, and the last one finishes.",
  run: async ({ count }) => {
    const cases = count(100, 3);
    const store = await createTestStore();
    const database = await openDatabase({ DATA_DIR: store.dataDir, DATABASE_URL: store.databaseUrl });
    const file = createRingPath();
    const ring = createTestRing(file);
    const envelope = createEnvelope(ring);
    const records = cases * RECORDS_A_KILL + RECORDS_A_KILL;
    await sealCredentials(database, envelope, records);
    const old = ring.primary().id;
    const rotation = createTestRotation(database, ring);
    const primary = await rotation.begin();
    let [killed, lost] = [0, 0];
    for (let round = 0; round < cases; round += 1) {
      if ((await killRewrap(store, file, 1)) === "SIGKILL") killed += 1;
      const counts = await openAll(database, envelope);
      if ((counts[old] ?? 0) + (counts[primary] ?? 0) !== records) lost += 1;
    }
    const { unreadable } = await rotation.rewrap();
    await rotation.remove(old, unrecorded);
    const counts = await openAll(database, envelope);
    await database.close();
    await store.remove();
    return {
      cases,
      figures: [
        { what: "kills", value: killed, target: { exactly: cases } },
        { what: "kills after which a record did not open", value: lost, target: { exactly: 0 } },
        { what: "records unreadable in the end", value: unreadable + records - (counts[primary] ?? 0), target: { exactly: 0 } },
      ],
    };
  },
});
