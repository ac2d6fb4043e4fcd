import { z } from "zod";
import type { Variable } from "./variable.ts";

const requestsPerMinute = z.coerce.number().int().min(0).max(1_000_000_000);
const atLeastOne = z.coerce.number("must be a number").int().min(1).max(1_000_000_000);
const seconds = z.coerce.number("must be a number").int().min(1).max(3_600);

const wholeNumber = (most: number) => z.coerce.number().int().min(1).max(most);

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
    initial: "1000",
    about:
      "Failed sign-ins from one address (IPv6: one /64) in 15 minutes; who has signed in from it in the last 30 days is not stopped by it.",
  },
  SESSION_IDLE_DAYS: {
    schema: wholeNumber(3_650),
    initial: "7",
    about: "Days after which a session that nobody refreshed is over.",
  },
  SESSION_DAYS: { schema: wholeNumber(3_650), initial: "30", about: "Days that a session lasts at most." },
  COOKIE_SESSION_IDLE_MINUTES: {
    schema: wholeNumber(100_000),
    initial: "30",
    about: "Minutes after which a browser's session (its refresh token in a cookie) that nobody used is over.",
  },
  COOKIE_SESSION_HOURS: { schema: wholeNumber(10_000), initial: "12", about: "Hours that a browser's session lasts at most." },
  REAUTHENTICATION_MINUTES: {
    schema: wholeNumber(100_000),
    initial: "5",
    about: "Minutes that a password counts as just given: older, and sensitive acts ask for it again.",
  },
  INITIAL_PASSWORD_HOURS: {
    schema: wholeNumber(100_000),
    initial: "24",
    about:
      "Hours for which a password that was made at random, for a new user, at a reset or at the first start, is enough for programs; then, and in a browser at once, it has to be changed before anything else.",
  },
  SERVICE_TOKEN_DAYS: {
    schema: wholeNumber(3_650),
    initial: "90",
    about: "Days that a service token lives when its maker does not say until when.",
  },
  SERVICE_TOKEN_MAX_DAYS: {
    schema: z.coerce.number("must be a number").int().min(0).max(36_500),
    initial: "0",
    about: "Days that a service token may live at most, whatever its maker says; 0: no limit.",
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
  CALLER_RATE_LIMIT_PER_MINUTE: {
    schema: requestsPerMinute,
    initial: "600000",
    about: "Requests a minute of one user or one service token, from whatever address; 0: no limit.",
  },
  REQUESTS_IN_FLIGHT: {
    schema: atLeastOne,
    initial: "1000",
    about:
      "Requests that one process works on at once; the next is 503. Calls through the gateway and subscriptions, which mostly wait, are counted apart up to the same number; health checks are not counted.",
  },
  CALLER_REQUESTS: {
    schema: atLeastOne,
    initial: "500",
    about:
      "Requests of one user or service token that one process works on at once, at most, and fewer the fewer of those places are free, so that the hanging requests of a few callers keep nobody else out; the next is 429.",
  },
  REQUESTS_WAITING: {
    schema: atLeastOne,
    initial: "4000",
    about: "Requests that wait to be begun while one process has more to do than it can; the next is 503.",
  },
  REQUEST_WAIT_SECONDS: {
    schema: z.coerce.number("must be a number").min(0.1).max(60),
    initial: "5",
    about: "Seconds that such a request may wait; then it is 503.",
  },
  CALLER_OPERATIONS: {
    schema: atLeastOne,
    initial: "20",
    about: "GraphQL operations of one user or service token that run at once in one process; the next wait.",
  },
  CALLER_OPERATIONS_WAITING: {
    schema: z.coerce.number("must be a number").int().min(0).max(1_000_000),
    initial: "200",
    about: "Operations of one caller that wait for those; the next is 429.",
  },
  CALLER_STREAMS: {
    schema: atLeastOne,
    initial: "10",
    about: "Subscriptions of one caller that are open at once in one process.",
  },
  OPERATION_SECONDS: {
    schema: seconds,
    initial: "10",
    about: "Seconds that a GraphQL operation may take; those that wait for an upstream's login or a sync have more.",
  },
  GRAPHQL_BODY_BYTES: { schema: atLeastOne, initial: "262144", about: "Largest body of a GraphQL request." },
  GRAPHQL_TOKENS: { schema: atLeastOne, initial: "1000", about: "Most tokens of a GraphQL document." },
  GRAPHQL_DEPTH: {
    schema: atLeastOne,
    initial: "8",
    about: "Most levels of an operation; a field is one, and so is a fragment around it, named or inline.",
  },
  GRAPHQL_ALIASES: { schema: atLeastOne, initial: "30", about: "Most aliases in a document, `__typename`'s too." },
  GRAPHQL_DUPLICATES: {
    schema: atLeastOne,
    initial: "50",
    about: "Most fields and fragments that repeat one of their own selection set.",
  },
  GRAPHQL_DIRECTIVES: { schema: atLeastOne, initial: "10", about: "Most directives in a document." },
  GRAPHQL_FRAGMENTS: { schema: atLeastOne, initial: "10", about: "Most named fragments in a document." },
  GRAPHQL_VARIABLES: { schema: atLeastOne, initial: "20", about: "Most variables of an operation." },
  GRAPHQL_OPERATIONS: { schema: atLeastOne, initial: "5", about: "Most operations in a document, of which one is run." },
  GRAPHQL_SELECTIONS: {
    schema: atLeastOne,
    initial: "500",
    about: "Most selections of an operation, every fragment written out where it is spread.",
  },
  GRAPHQL_COST: {
    schema: atLeastOne,
    initial: "1000",
    about:
      "Most objects that an operation may ask for: a page counts as its `first`, a list without pages as 2, each id of `nodes` as 4, a search as 100 more, a `totalCount` as 50.",
  },
  BODY_BYTES: { schema: atLeastOne, initial: "1048576", about: "Largest body of any other request that is not streamed." },
  JSON_DEPTH: { schema: atLeastOne, initial: "64", about: "Most levels of a JSON body." },
  JSON_MEMBERS: { schema: atLeastOne, initial: "10000", about: "Most members and elements of a JSON body." },
  CONNECTIONS: { schema: atLeastOne, initial: "10000", about: "Connections to one process; further ones are closed at once." },
  HEADERS_SECONDS: { schema: seconds, initial: "15", about: "Seconds that a request's headers may take to arrive." },
  REQUEST_SECONDS: { schema: seconds, initial: "30", about: "Seconds that a whole request may take to arrive." },
  KEEP_ALIVE_SECONDS: { schema: seconds, initial: "10", about: "Seconds that a connection may be idle between requests." },
  STOP_GRACE_SECONDS: {
    schema: z.coerce.number("must be a number").min(0).max(10),
    initial: "1",
    about: "Seconds after SIGTERM that new connections are still taken, so that a balancer sees `/health/ready` fail first.",
  },
  STOP_IDLE_SECONDS: {
    schema: z.coerce.number("must be a number").min(0).max(10),
    initial: "3",
    about:
      "Seconds after those that idle connections are kept, for a request that is on its way; the answer to one closes its connection, and where none is open nothing is waited for.",
  },
  STALL_SECONDS: {
    schema: seconds,
    initial: "30",
    about: "Seconds that a client may take nothing of an answer that is waiting for it.",
  },
} as const satisfies Record<string, Variable>;
