import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { createLog } from "../src/log.ts";
import { createLogOutput } from "../src/log-output.ts";

/** A stream whose reader takes nothing until it is told to. */
function createUnreadStream() {
  let text = "";
  let isRead = false;
  let take = () => {};
  const stream = new Writable({
    write: (piece, _encoding, done) => {
      take = () => {
        text += piece;
        done();
      };
      if (isRead) take();
    },
  });
  const read = () => {
    isRead = true;
    take();
  };
  return { stream, read, lines: () => text.split("\n").filter(Boolean) };
}

describe("a log that nobody reads", () => {
  it("keeps what fits, drops the rest without waiting, and says how much was dropped when it is read again", async () => {
    const { stream, read, lines } = createUnreadStream();
    const output = createLogOutput(stream);
    const log = createLog("info", output);
    for (let count = 0; count < 3_000; count += 1) log.info({ padding: "x".repeat(1_000) }, `line ${count}`);
    expect(stream.writableLength).toBeLessThan(1_100_000);
    read();
    await output.flush(10_000);
    const kept = lines().length;
    expect(lines().map((line) => JSON.parse(line).msg)).toEqual(Array.from({ length: kept }, (_, count) => `line ${count}`));
    log.info("read again");
    await output.flush(10_000);
    const [told, last] = lines()
      .slice(kept)
      .map((line) => JSON.parse(line));
    expect(told).toMatchObject({ level: "warn", lines: 3_000 - kept, msg: "lines of the log were dropped" });
    expect(last.msg).toBe("read again");
  });

  it("is waited for no longer than said at the end", async () => {
    const { stream } = createUnreadStream();
    const output = createLogOutput(stream);
    output.write("a line\n");
    await output.flush(10);
    expect(stream.writableLength).toBeGreaterThan(0);
  });

  it("does not end the process when its reader is gone", async () => {
    const { stream } = createUnreadStream();
    const output = createLogOutput(stream);
    stream.destroy(new Error("write EPIPE"));
    output.write("a line\n");
    await output.flush(10_000);
  });
});
