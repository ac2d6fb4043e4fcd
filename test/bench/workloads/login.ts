import { startFloor, startGateway } from "../contestant.ts";
import { KNOWN_USERS, PASSWORD, usernameOf } from "../store.ts";
import { type TurnOptions, takeTurns } from "../turns.ts";
import { type BenchStore, environmentOf, ratioTo, rawForm, type Target, type Workload } from "../workload.ts";

/** As many as are hashed at once, and as many again that wait. */
const AT_ONCE = 4;

async function run(store: BenchStore, options: TurnOptions) {
  const product = await startGateway({ ...environmentOf(store), LOGIN_FAILURES_PER_IP: "1000000" });
  const floor = await startFloor("argon2", "floors/argon2.ts", {});
  try {
    const requests = Array.from({ length: KNOWN_USERS }, (_, index) =>
      rawForm("/login", { username: usernameOf(index), password: PASSWORD }),
    );
    const figures = await takeTurns([product, floor], () => requests, { ...options, connections: AT_ONCE });
    const targets: Target[] = [
      { what: "of Argon2id alone", measured: ratioTo("argon2", figures), wanted: 0.95, kind: "at least" },
    ];
    return { workload: "W6", about: login.about, figures, targets };
  } finally {
    await product.stop();
    await floor.stop();
  }
}

/** W6: signing in by password. */
export const login: Workload = { id: "W6", about: "POST /login, against Argon2id alone", run };
