import { z } from "zod";
import { trustedIssuersSchema } from "../access/issuer-entry.ts";
import { findBlocklistFault } from "../access/password-blocklist.ts";
import { ARGON2_LEAST, ARGON2_LIMITS, ARGON2_PARAMETERS } from "../access/password-hash.ts";
import { findPasswordFault } from "../access/password-policy.ts";
import { list, type Variable } from "./variable.ts";

/** Who may come in. */
export const ACCESS = {
  ADMIN_PASSWORD: {
    schema: z
      .string()
      .min(8, "must have at least 8 characters")
      .refine((password) => findPasswordFault(password, "admin") === null, "is too easy to guess, or no text that can be hashed")
      .optional(),
    initial: "",
    about: "Password of the first administrator. Without it a random one is printed once.",
    isSecret: true,
  },
  PASSWORD_MEMORY_KIB: {
    schema: z.coerce.number("must be a number").int().min(ARGON2_LEAST.memoryKib).max(ARGON2_LIMITS.memoryKib),
    initial: String(ARGON2_PARAMETERS.memoryKib),
    about: "Memory that Argon2id takes for a new password's hash, in KiB; weaker hashes are made anew at the next sign-in.",
  },
  PASSWORD_PASSES: {
    schema: z.coerce.number("must be a number").int().min(ARGON2_LEAST.passes).max(ARGON2_LIMITS.passes),
    initial: String(ARGON2_PARAMETERS.passes),
    about: "Passes that Argon2id makes over that memory.",
  },
  PASSWORD_BLOCKLIST_FILE: {
    schema: z
      .string()
      .superRefine((file, context) => {
        const fault = findBlocklistFault(file);
        if (fault !== null) context.addIssue({ code: "custom", message: fault });
      })
      .optional(),
    initial: "",
    about:
      "File of leaked passwords that nobody may choose: one SHA-1 digest in hex a line, in ascending order, as the downloads of Have I Been Pwned that are ordered by hash. It is searched where it lies, however large it is.",
  },
  REGISTRATION: {
    schema: z.enum(["open", "closed"]),
    initial: "open",
    about: "`closed`: only administrators create accounts.",
  },
  SECOND_FACTOR_REQUIRED: {
    schema: z.enum(["none", "administrators", "everybody"]),
    initial: "none",
    about:
      "Who has to have an authenticator app beside their password: `none`, `administrators` or `everybody`. Who must and has none can do nothing else after signing in.",
  },
  TRUSTED_ISSUERS: {
    schema: trustedIssuersSchema,
    initial: "[]",
    about:
      "JSON list of systems whose JWTs are believed: `issuer` (its `iss`) or, for tokens without one, `name`; one of `secret`, `secretFile` (HS256, 32 bytes or more) and `jwksUrl`; as wanted `audience`, `userClaim`, `usernameClaim`, `emailClaim`, `createUsers` (true), `requireExpiry` (true), `role` (USER), `algorithms`.",
    isSecret: true,
  },
  HMS_API_TOKEN: {
    schema: z
      .string()
      .regex(/^[\x21-\x7e]{8,4096}$/, "must have 8 characters or more, none of them a space")
      .optional(),
    initial: "",
    about: "A service token that reveals credentials of `app-login`, and may do nothing else.",
    isSecret: true,
  },
  TEST_APPS: {
    schema: list,
    initial: "cigar,tobacco,whiskey,qa",
    about: "Applications, by commas, whose logins machines fetch at `/api/v1/credentials`.",
  },
  FALLBACK_POLICY: {
    schema: z.enum(["allow", "deny"]),
    initial: "allow",
    about: "`deny`: a user without a credential of their own is never served by a system default.",
  },
  INTROSPECTION: {
    schema: z.enum(["public", "signed-in", "off"]),
    initial: "signed-in",
    about: "Who may read the GraphQL schema from the server: `public`, `signed-in` or `off`.",
  },
  PERSISTED_OPERATIONS: {
    schema: z.enum(["off", "only"]),
    initial: "off",
    about: "`only`: GraphQL takes no document but those of the dashboard and of `PERSISTED_OPERATIONS_FILES`.",
  },
  PERSISTED_OPERATIONS_FILES: {
    schema: list,
    initial: "",
    about:
      "JSON files, by commas, of documents that are taken: an object of id and text as code generators write it, or a list of texts. Called by text, or by id or SHA-256 as `documentId` or `extensions.persistedQuery.sha256Hash`.",
  },
} as const satisfies Record<string, Variable>;
