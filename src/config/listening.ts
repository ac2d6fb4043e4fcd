import { z } from "zod";
import { httpUrl, list, text, type Variable } from "./variable.ts";

const port = z.coerce.number("must be a number").int().min(0).max(65_535);
const workers = z
  .string()
  .regex(/^(auto|[1-9]\d{0,2})$/, "must be `auto` or a number from 1 to 999")
  .transform((text) => (text === "auto" ? text : Number(text)));
const logLevel = z.enum(["trace", "debug", "info", "warn", "error", "silent"]);

/** An address to listen on; an IPv6 one in brackets. */
const listenAddress = z
  .string()
  .regex(/^(\[[0-9a-fA-F:.]+\]|[^\s:/[\]]+):\d{1,5}$/, "must be HOST:PORT")
  .transform((text) => {
    const end = text.lastIndexOf(":");
    return { host: text.slice(0, end).replace(/^\[|\]$/g, ""), port: Number(text.slice(end + 1)) };
  })
  .refine(({ port: number }) => number <= 65_535, "must have a port up to 65535");

/** How people and machines reach the gateway. */
export const LISTENING = {
  HOST: { schema: z.string().min(1), initial: "127.0.0.1", about: "Address to listen on." },
  PORT: { schema: port, initial: "4000", about: "Port to listen on." },
  PUBLIC_URL: {
    schema: httpUrl.optional(),
    initial: "",
    about:
      "URL that people reach Postern by, the same on every node; issuer of its access tokens. Without it: `http://HOST:PORT`, or `https:` with `TLS_CERT_FILE`, and the issuer is `postern`.",
  },
  TLS_CERT_FILE: {
    schema: text,
    initial: "",
    about:
      "PEM file of a certificate and its chain: with it and `TLS_KEY_FILE` Postern itself speaks https, and nothing else, at HOST:PORT. A renewed one is served within a minute.",
  },
  TLS_KEY_FILE: { schema: text, initial: "", about: "PEM file of that certificate's private key, mode 600." },
  TRUSTED_PROXIES: {
    schema: list,
    initial: "",
    about: "CIDR or addresses, by commas, of the proxies whose `X-Forwarded-For` is believed.",
  },
  WORKERS: {
    schema: workers,
    initial: "1",
    about: "Processes that share the port; `auto`: one for every core. More than one needs PostgreSQL; with SQLite `auto` is 1.",
  },
  METRICS_LISTEN: {
    schema: listenAddress.optional(),
    initial: "",
    about:
      "`HOST:PORT` where `/metrics` is shown to whoever can connect, such as `127.0.0.1:9464`; without it nowhere but at `/metrics` of the gateway, to administrators and service tokens with `metrics:read`. With several workers the second has the next port, and so on.",
  },
  LOG_LEVEL: { schema: logLevel, initial: "info", about: "`trace`, `debug`, `info`, `warn`, `error` or `silent`." },
} as const satisfies Record<string, Variable>;
