import { setTimeout as sleep } from "node:timers/promises";
import { onTestFinished } from "vitest";
import { openDatabase } from "../../src/database/database.ts";
import { systemClock } from "../../src/identifiers.ts";
import { createEnvelope } from "../../src/keys/envelope.ts";
import { createTestStore } from "./database.ts";
import { createTestRing } from "./key-ring.ts";
import { startMisbehavingServer } from "./misbehaving-server.ts";
import { sealCredentials } from "./sealed-credentials.ts";
import { startTokenNode } from "./token-node.ts";

const NODES = 2;
/** How long a login takes: long enough for every caller to come while it is under way. */
const LOGIN_MS = 300;

export type Stampede = {
  /** Makes the token void and lets as many callers want a new one at once, on two nodes; how many got none or an older one. */
  run(callers: number): Promise<number>;
  /** Logins that the upstream has seen so far. */
  logins(): number;
};

/** One credential, an upstream whose every login gives another token, and two nodes on one store; they go away with the test. */
export async function startStampede(): Promise<Stampede> {
  const store = await createTestStore("migrated");
  const database = await openDatabase({ DATA_DIR: store.dataDir, DATABASE_URL: store.databaseUrl });
  const ring = createTestRing();
  await sealCredentials(database, createEnvelope(ring), 1);
  const { id } = await database.client.credential.findFirstOrThrow({ select: { id: true } });
  const upstream = await startMisbehavingServer(async () => {
    await sleep(LOGIN_MS);
    return { body: JSON.stringify({ statusCode: 200, accessToken: `token-${upstream.requests.length}` }) };
  });
  const options = { database, databaseUrl: store.databaseUrl, ring, clock: systemClock, loginUrl: upstream.origin };
  const nodes = Array.from({ length: NODES }, () => startTokenNode(options));
  onTestFinished(async () => {
    for (const node of nodes) await node.close();
    await database.close();
    await store.remove();
  });
  while (!nodes.every(({ notifications }) => notifications.isLive())) await sleep(10);
  return {
    logins: () => upstream.requests.length,
    run: async (callers) => {
      const expected = `token-${upstream.requests.length + 1}`;
      // At each node: the word of one takes up to a second to reach the other.
      for (const { broker } of nodes) await broker.invalidate(id);
      const asked = Array.from({ length: callers }, (_, index) => nodes[index % NODES]?.broker.issue(id, { version: 1 }));
      const outcomes = await Promise.allSettled(asked);
      return outcomes.filter((outcome) => outcome.status === "rejected" || outcome.value?.accessToken !== expected).length;
    },
  };
}
