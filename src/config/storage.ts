import { z } from "zod";
import type { Variable } from "./variable.ts";

const databaseUrl = z
  .string()
  .regex(/^postgres(ql)?:\/\//, "must begin with postgresql:// (leave it out for SQLite)")
  .refine((url) => URL.canParse(url), "must be a URL");

/** Where the store is. */
export const STORAGE = {
  DATA_DIR: { schema: z.string().min(1), initial: "./data", about: "Folder of the SQLite store and the key file." },
  DATABASE_URL: {
    schema: databaseUrl.optional(),
    initial: "",
    about: "`postgresql://…` to use PostgreSQL instead of SQLite.",
    isSecret: true,
  },
  DATABASE_DIRECT_URL: {
    schema: databaseUrl.optional(),
    initial: "",
    about:
      "Set it where `DATABASE_URL` leads to a pooler in transaction mode: the server itself, for migrations and notifications.",
    isSecret: true,
  },
  AUDIT_HEADS_FILE: {
    schema: z.string().min(1).optional(),
    initial: "",
    about:
      "File that signed heads of the audit chains are added to; put it where the database's administrators cannot write. Without it: `DATA_DIR/audit-heads.jsonl`.",
  },
  AUDIT_HEAD_SECONDS: {
    schema: z.coerce.number().int().min(1).max(60),
    initial: "10",
    about: "Longest time that an audit event stands without a signed head after it, in seconds: 1 to 60.",
  },
} as const satisfies Record<string, Variable>;
