// Load from a process of its own: `node open-load.mjs`, a scenario as JSON on standard input, its result as JSON on standard output.
// With a rate, requests are sent when they are due, whatever became of those before; without one, each connection sends its next
// when it has its answer. In the first `settling` seconds, while connections are opened, nothing is counted but what is wrong.
import { connect } from "node:net";
import { text } from "node:stream/consumers";

const TICK_MS = 5;
const MOST_CONNECTIONS = 3_000;
/** Shorter than a gateway keeps a connection on which nothing is asked: one that it is just closing loses what is sent on it. */
const MOST_IDLE_MS = 5_000;
const HEAD_END = Buffer.from("\r\n\r\n");

const { port, requests, seconds, connections, rate, settling = 0 } = JSON.parse(await text(process.stdin));
const nothing = () => ({ sent: 0, served: 0, refused: 0, unsent: 0, latencies: [] });
const result = { otherwise: 0, lost: 0, ...nothing() };
const free = [];
let turn = 0;
let open = 0;
let isOver = false;

/** What an answer at the beginning of the bytes came to and how long it is; null while it is not all there. */
function readAnswer(bytes) {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd < 0) return null;
  const head = bytes.toString("latin1", 0, headEnd).toLowerCase();
  const end = headEnd + 4 + Number(/\r\ncontent-length: (\d+)/.exec(head)?.[1] ?? 0);
  if (bytes.length < end) return null;
  const status = head.slice(9, 12);
  const isRefusal = (status === "503" || status === "429") && head.includes("\r\nretry-after: ");
  return { end, outcome: status === "200" ? "served" : isRefusal ? "refused" : "otherwise" };
}

function openConnection(onAnswer) {
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  let pending = Buffer.alloc(0);
  let sentAt = null;
  let usedAt = 0;
  open += 1;
  const connection = {
    usedAt: () => usedAt,
    send: () => {
      sentAt = performance.now();
      result.sent += 1;
      socket.write(requests[turn++ % requests.length]);
    },
    end: () => socket.destroy(),
  };
  socket.on("data", (piece) => {
    pending = pending.length === 0 ? piece : Buffer.concat([pending, piece]);
    const answer = readAnswer(pending);
    if (answer === null) return;
    pending = pending.subarray(answer.end);
    result[answer.outcome] += 1;
    if (answer.outcome === "served") result.latencies.push(performance.now() - sentAt);
    sentAt = null;
    usedAt = performance.now();
    onAnswer(connection);
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    open -= 1;
    if (sentAt !== null && !isOver) result.lost += 1;
    const place = free.indexOf(connection);
    if (place >= 0) free.splice(place, 1);
  });
  return connection;
}

/** The connection that was used last, unless it has rested for long: then all have, and are let go. */
function takeFree() {
  const connection = free.pop();
  if (connection === undefined || performance.now() - connection.usedAt() < MOST_IDLE_MS) return connection;
  for (const old of [connection, ...free]) old.end();
  return undefined;
}

function sendDue(count) {
  for (let index = 0; index < count; index += 1) {
    const connection = takeFree() ?? (open < MOST_CONNECTIONS ? openConnection((idle) => free.push(idle)) : undefined);
    if (connection === undefined) result.unsent += 1;
    else connection.send();
  }
}

const began = performance.now();
/** Seconds since it settled, negative before. */
const passed = () => (performance.now() - began) / 1_000 - settling;
let isSettled = false;
if (rate === undefined) {
  const again = (connection) => (passed() < seconds ? connection.send() : connection.end());
  for (let index = 0; index < connections; index += 1) openConnection(again).send();
}
let due = 0;
const ticking = setInterval(() => {
  if (!isSettled && passed() >= 0) {
    isSettled = true;
    Object.assign(result, nothing());
  }
  if (passed() >= seconds) {
    isOver = true;
    clearInterval(ticking);
    const { latencies, ...counts } = result;
    latencies.sort((left, right) => left - right);
    const at = (part) => Math.round(latencies[Math.floor(latencies.length * part)] ?? 0);
    process.stdout.write(JSON.stringify({ ...counts, seconds: passed(), p50: at(0.5), p99: at(0.99) }), () => process.exit(0));
  } else if (rate !== undefined) {
    const total = Math.floor(rate * (passed() + settling));
    sendDue(total - due);
    due = total;
  }
}, TICK_MS);
