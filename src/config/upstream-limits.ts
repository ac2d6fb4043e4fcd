import { z } from "zod";
import type { Variable } from "./variable.ts";

const milliseconds = z.coerce.number().int().min(1).max(600_000);
const count = z.coerce.number().int().min(1).max(1_000_000);

/** How much time and room an upstream gets, and how often a user may try one. */
export const UPSTREAM_LIMITS = {
  UPSTREAM_DNS_TIMEOUT_MS: { schema: milliseconds, initial: "2000", about: "Milliseconds for looking up an upstream's name." },
  UPSTREAM_CONNECT_TIMEOUT_MS: { schema: milliseconds, initial: "3000", about: "Milliseconds for connecting to an upstream." },
  UPSTREAM_TLS_TIMEOUT_MS: { schema: milliseconds, initial: "3000", about: "Milliseconds for agreeing on TLS with an upstream." },
  UPSTREAM_FIRST_BYTE_TIMEOUT_MS: {
    schema: milliseconds,
    initial: "10000",
    about: "Milliseconds for the head of an answer to tests, logins and syncs, where a connector does not give more.",
  },
  UPSTREAM_IDLE_TIMEOUT_MS: {
    schema: milliseconds,
    initial: "5000",
    about: "Milliseconds of silence inside of such an answer.",
  },
  UPSTREAM_TOTAL_TIMEOUT_MS: {
    schema: milliseconds,
    initial: "30000",
    about: "Milliseconds for such a request as a whole, where a connector does not give more.",
  },
  UPSTREAM_MAX_BODY_BYTES: {
    schema: z.coerce
      .number()
      .int()
      .min(1024)
      .max(1024 ** 3),
    initial: String(10 * 1024 * 1024),
    about: "Bytes of such an answer's body, unpacked.",
  },
  UPSTREAM_MAX_HEADER_BYTES: {
    schema: z.coerce
      .number()
      .int()
      .min(1024)
      .max(1024 ** 2),
    initial: String(16 * 1024),
    about: "Bytes of the headers of any upstream's answer.",
  },
  UPSTREAM_MAX_HEADERS: { schema: count, initial: "100", about: "Headers of any upstream's answer." },
  CALL_FIRST_BYTE_TIMEOUT_MS: {
    schema: milliseconds,
    initial: "30000",
    about: "Milliseconds for the head of an answer to a call through the gateway; language models get 120 s.",
  },
  CALL_IDLE_TIMEOUT_MS: {
    schema: milliseconds,
    initial: "60000",
    about: "Milliseconds of silence inside of a call.",
  },
  CALL_TOTAL_TIMEOUT_MS: {
    schema: z.coerce.number().int().min(1).max(86_400_000),
    initial: "600000",
    about: "Milliseconds for a call as a whole, however much of its answer still comes, and however slowly the caller takes it.",
  },
  UPSTREAM_BREAKER_FAILURES: {
    schema: count,
    initial: "10",
    about: "Failed connections in a row after which an upstream host is left alone: 1 second at first, twice as long each time.",
  },
  UPSTREAM_BREAKER_REST_SECONDS: {
    schema: z.coerce.number().int().min(1).max(3_600),
    initial: "30",
    about: "Seconds that such a host is left alone at most before one request tries it again.",
  },
  CONNECTION_TESTS_PER_MINUTE: {
    schema: z.coerce.number().int().min(0).max(1_000_000),
    initial: "10",
    about: "Connection tests a minute, on saving too, that may fail at the upstream for one user; 0: no limit.",
  },
  CONNECTION_TEST_FLOOR_MS: {
    schema: z.coerce.number().int().min(0).max(10_000),
    initial: "400",
    about:
      "Milliseconds that a failed connection test takes at least, and up to half as many more by chance: its time tells nothing.",
  },
  CONNECTION_TEST_DAYS: {
    schema: z.coerce.number().int().min(1).max(36_500),
    initial: "90",
    about: "Days that the result of a connection test is kept; each credential's last one stays with it.",
  },
  SYNC_RUN_DAYS: {
    schema: z.coerce.number().int().min(1).max(36_500),
    initial: "90",
    about: "Days that a sync run is kept after its end; the newest of each credential and resource stays with it.",
  },
  SYNC_MAX_ROWS: {
    schema: z.coerce.number().int().min(1).max(100_000_000),
    initial: "1000000",
    about:
      "Contacts, and as many products, that are kept of one credential at most; a sync that would store more fails and keeps what it had. What the upstream has deleted counts until a sync has noticed.",
  },
} as const satisfies Record<string, Variable>;
