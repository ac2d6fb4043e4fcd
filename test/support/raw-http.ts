import { once } from "node:events";
import { connect } from "node:net";

/** What came back for bytes: the statuses of all final answers, the text, and whether the server closed. */
export type RawExchange = { readonly statuses: readonly number[]; readonly text: string; readonly closed: boolean };

const QUIET_MS = 300;
/** Longest time for the first byte of an answer or the end. */
const PATIENCE_MS = 10_000;

/** The statuses of the final answers in a text of answers, whose bodies are skipped by their length. */
function statusesIn(text: string): number[] {
  const statuses: number[] = [];
  let rest = text;
  for (;;) {
    const head =
      /^HTTP\/1\.1 (100) Continue()\r\n\r\n/.exec(rest) ?? /^HTTP\/1\.1 (\d{3}) [^\r]*\r\n([\s\S]*?)\r\n\r\n/.exec(rest);
    if (head === null) return rest === "" ? statuses : [...statuses, Number.NaN];
    const [whole, status = "", fields = ""] = head;
    if (status !== "100") statuses.push(Number(status));
    rest = rest.slice(whole.length + Number(/content-length: (\d+)/i.exec(fields)?.[1] ?? 0));
  }
}

/** Sends bytes (one a character) over a connection of its own and collects what comes until nothing more does. */
export async function exchangeRaw(url: string, bytes: string): Promise<RawExchange> {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  let text = "";
  let closed = false;
  const ended = new Promise<void>((resolve) => {
    let timer = setTimeout(resolve, PATIENCE_MS);
    socket.on("data", (piece: Buffer) => {
      text += piece.toString("latin1");
      clearTimeout(timer);
      timer = setTimeout(resolve, statusesIn(text).length > 0 ? QUIET_MS : PATIENCE_MS);
    });
    socket.once("close", () => {
      closed = true;
      clearTimeout(timer);
      resolve();
    });
  });
  // A server that closes while bytes are on their way resets the connection.
  socket.on("error", () => {});
  await once(socket, "connect");
  socket.write(Buffer.from(bytes, "latin1"));
  await ended;
  socket.destroy();
  return { statuses: statusesIn(text), text, closed };
}
