import { z } from "zod";
import type { Variable } from "./variable.ts";

const requestsPerMinute = z.coerce.number().int().min(0).max(1_000_000_000);

/** How much of anything there may be. */
export const LIMITS = {
  LOGIN_FREE_ATTEMPTS: {
    schema: z.coerce.number().int().min(1).max(1_000),
    initial: "5",
    about:
      "Wrong passwords for an account before the next attempts have to wait, 1 second at first, twice as long each time, at most 60.",
  },
  LOGIN_FAILURES_PER_IP: {
    schema: z.coerce.number().int().min(1).max(1_000_000),
    initial: "100",
    about: "Failed sign-ins from one address (IPv6: one /64) in 15 minutes.",
  },
  RATE_LIMIT_PER_MINUTE: {
    schema: requestsPerMinute,
    initial: "100",
    about: "Requests a minute that one address (IPv6: one /64) may make at `/api/v1/credentials`; 0: no limit.",
  },
  GENERAL_RATE_LIMIT_PER_MINUTE: {
    schema: requestsPerMinute,
    initial: "120000",
    about: "The same for every other route but the health checks.",
  },
} as const satisfies Record<string, Variable>;
