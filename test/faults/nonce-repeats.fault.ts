import { createEnvelope } from "../../src/keys/envelope.ts";
import { createTestRing } from "../support/key-ring.ts";
import { defineFault } from "./support/define-fault.ts";

const CONTEXT = { purpose: "credential", ownerId: "user_1", recordId: "credential_1", field: "fields", version: 1 } as const;
const NONCE_BYTES = 24;

defineFault({
  name: "nonce-repeats",
  about: "One secret is sealed again and again: no nonce, wrapped key or ciphertext comes twice.",
  run: async ({ count }) => {
    const cases = count(1_000_000, 20_000);
    const envelope = createEnvelope(createTestRing());
    const secret = Buffer.from("correct horse battery staple");
    const nonces = new Set<string>();
    for (let round = 0; round < cases; round += 1) {
      const { ciphertext, wrappedKey } = await envelope.seal(CONTEXT, secret);
      for (const blob of [ciphertext, wrappedKey]) {
        const start = 2 + (blob[1] ?? 0);
        nonces.add(Buffer.from(blob.subarray(start, start + NONCE_BYTES)).toString("latin1"));
      }
    }
    return { cases, figures: [{ what: "nonces that came twice", value: 2 * cases - nonces.size, target: { exactly: 0 } }] };
  },
});
