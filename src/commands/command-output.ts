import type { Writable } from "node:stream";

/** What a command says, line by line. */
export type CommandOutput = {
  /** Takes one line, without its end. Nothing stops for a reader that is gone: work half done helps nobody. */
  print(line: string): void;
  /** Why something of what was printed did not arrive; null when all of it did. */
  findFailure(): Promise<Error | null>;
};

/** Lines to a stream. A full disk swallows an export, or a password that is shown this once, unless somebody asks. */
export function createCommandOutput(stream: Writable): CommandOutput {
  let failure: Error | null = null;
  const note = (error: Error | null | undefined) => {
    failure ??= error ?? null;
  };
  stream.on("error", note);
  return {
    print: (line) => void stream.write(`${line}\n`, note),
    findFailure: () =>
      new Promise((resolve) => {
        stream.write("", (error) => {
          note(error);
          resolve(failure);
        });
      }),
  };
}
