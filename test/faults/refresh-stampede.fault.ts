import { startStampede } from "../support/stampede.ts";
import { defineFault } from "./support/define-fault.ts";

const CALLERS = 200;

defineFault({
  name: "refresh-stampede",
  about: "200 callers on two nodes want a token that has just become void, round after round: one login a round.",
  run: async ({ count }) => {
    const rounds = count(20, 3);
    const stampede = await startStampede();
    let failed = 0;
    for (let round = 0; round < rounds; round += 1) failed += await stampede.run(CALLERS);
    return {
      cases: rounds * CALLERS,
      figures: [
        { what: "rounds", value: rounds },
        { what: "logins at the upstream", value: stampede.logins(), target: { exactly: rounds } },
        { what: "callers that failed or got an older token", value: failed, target: { exactly: 0 } },
      ],
    };
  },
});
