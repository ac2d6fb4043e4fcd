import { randomInt } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { backUp, read, restore, secretOf, startSource } from "../support/backups.ts";
import { defineFault } from "./support/define-fault.ts";

defineFault({
  name: "backup-damaged",
  about: "A backup is flipped or cut at random places: every restore of it is refused, and the store keeps what it has.",
  run: async ({ count }) => {
    const cases = count(400, 30);
    const { store, gateway, token } = await startSource("one");
    const { file } = await backUp(gateway, "--without-keys");
    const whole = readFileSync(file);
    let accepted = 0;
    for (let round = 0; round < cases; round += 1) {
      const place = randomInt(whole.length);
      const flipped = Buffer.from(whole.map((byte, index) => (index === place ? byte ^ (1 + randomInt(255)) : byte)));
      writeFileSync(`${file}.damaged`, round % 2 === 0 ? flipped : whole.subarray(0, place));
      if ((await restore(store, `${file}.damaged`, "--force")).code !== 1) accepted += 1;
    }
    const isKept = (await read(gateway, token, "one")) === secretOf("one");
    return {
      cases,
      figures: [
        { what: "damaged backups accepted", value: accepted, target: { exactly: 0 } },
        { what: "secrets lost", value: Number(!isKept), target: { exactly: 0 } },
      ],
    };
  },
});
