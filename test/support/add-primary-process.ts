import { openKeyRing } from "../../src/keys/key-ring.ts";

// A process of its own, whose files may be limited: adds a primary key to the ring that its environment names.
const { RING_FILE = "" } = process.env;
process.stdout.write(openKeyRing({ file: RING_FILE }, { mayCreate: false }).addPrimary());
