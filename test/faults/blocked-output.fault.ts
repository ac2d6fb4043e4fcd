import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { startProduct } from "../support/product.ts";
import { defineFault } from "./support/define-fault.ts";
import { Ledger } from "./support/ledger.ts";
import { signUpWriters } from "./support/writers.ts";

/** More than a pipe holds, at some hundred bytes a line. */
const REQUESTS = 3_000;
const AT_ONCE = 50;
const LIMIT_MS = 60_000;

defineFault({
  name: "blocked-output",
  about: "Nobody reads the log's pipe: requests are answered all the same, and the gateway ends when it is told to.",
  run: async ({ count }) => {
    const requests = count(20 * REQUESTS, REQUESTS);
    const dataDir = mkdtempSync(path.join(tmpdir(), "postern-fault-"));
    const product = await startProduct({ dataDir, output: "unread", environment: { LOG_LEVEL: "trace" } });
    let unanswered = 0;
    let worst = 0;
    try {
      for (let sent = 0; sent < requests; sent += AT_ONCE) {
        const began = performance.now();
        const ask = () =>
          fetch(`${product.url}/nowhere`, { signal: AbortSignal.timeout(LIMIT_MS) }).then((answer) => answer.text());
        const answers = await Promise.allSettled(Array.from({ length: AT_ONCE }, ask));
        unanswered += answers.filter(({ status }) => status === "rejected").length;
        worst = Math.max(worst, performance.now() - began);
        if (unanswered > 0) break;
      }
      const writers = unanswered > 0 ? [] : await signUpWriters(product.url, new Ledger(), 1);
      const began = performance.now();
      await product.end("SIGTERM");
      const [code] = await product.ended;
      return {
        cases: requests,
        figures: [
          { what: "requests without an answer", value: unanswered, target: { exactly: 0 } },
          { what: "sign-ups afterwards", value: writers.length, target: { exactly: 1 } },
          { what: "worst answer to fifty at once, ms", value: Math.round(worst) },
          { what: "exit code after SIGTERM", value: code ?? -1, target: { exactly: 0 } },
          { what: "end after SIGTERM, ms", value: Math.round(performance.now() - began), target: { atMost: 30_000 } },
        ],
      };
    } finally {
      product.child.kill("SIGKILL");
      rmSync(dataDir, { recursive: true, force: true });
    }
  },
});
