import { setTimeout as sleep } from "node:timers/promises";
import { openDatabase } from "../../src/database/database.ts";
import { createEnvelope } from "../../src/keys/envelope.ts";
import { openKeyRing } from "../../src/keys/key-ring.ts";
import { createTestStore } from "../support/database.ts";
import { createRingPath, createTestRing } from "../support/key-ring.ts";
import { createTestRotation, openAll, openSome, sealCredentials, unrecorded } from "../support/sealed-credentials.ts";
import { defineFault } from "./support/define-fault.ts";

const CALLERS = 200;

defineFault({
  name: "key-rotation",
  about: "The key-encryption key is rotated under 200 readers and writers: no error, every record opens, the old key can go.",
  run: async ({ count }) => {
    const cases = count(10_000, 500);
    const store = await createTestStore();
    const database = await openDatabase({ DATA_DIR: store.dataDir, DATABASE_URL: store.databaseUrl });
    const file = createRingPath();
    const ring = createTestRing(file);
    await sealCredentials(database, createEnvelope(ring), cases);
    const follower = createEnvelope(openKeyRing({ file }, { mayCreate: false }));
    let [isOver, errors, done] = [false, 0, 0];
    const work = Array.from({ length: CALLERS }, async (_, caller) => {
      for (; !isOver; await sleep(50)) {
        const call = caller % 2 === 0 ? openSome(database, follower, 5) : sealCredentials(database, follower, 1);
        await call.then(
          () => (done += 1),
          () => (errors += 1),
        );
      }
    });
    const rotation = createTestRotation(database, ring);
    const old = ring.primary().id;
    const began = performance.now();
    await rotation.begin();
    await sleep(1_100); // as `begin` waits in earnest for gateways to follow
    const { unreadable } = await rotation.rewrap();
    const seconds = Math.round((performance.now() - began) / 100) / 10;
    isOver = true;
    await Promise.all(work);
    await rotation.rewrap();
    await rotation.remove(old, unrecorded);
    const counts = await openAll(database, createEnvelope(ring));
    await database.close();
    await store.remove();
    return {
      cases,
      figures: [
        { what: "errors of readers and writers", value: errors, target: { exactly: 0 } },
        { what: "records unreadable", value: unreadable, target: { exactly: 0 } },
        { what: "keys that records are under in the end", value: Object.keys(counts).length, target: { exactly: 1 } },
        { what: "reads and writes meanwhile", value: done, target: { atLeast: 1 } },
        { what: "seconds that the rotation took", value: seconds },
      ],
    };
  },
});
