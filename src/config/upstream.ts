import { z } from "zod";
import { isAllowEntry, isPublicEntry } from "../upstream/allow-list.ts";
import { readPinnedAuthorities } from "../upstream/pinned-authorities.ts";
import { httpUrl, list, text, type Variable } from "./variable.ts";

const allowEntries = list.refine(
  (entries) => entries.every(isAllowEntry),
  "each must be a CIDR, an address, a host or host:port",
);

const publicEntries = list.refine((entries) => entries.every(isPublicEntry), "each must be a host, or `*.` and a host");

const pinnedAuthorities = list.transform((entries, context) => {
  try {
    return readPinnedAuthorities(entries);
  } catch (error) {
    context.addIssue({ code: "custom", message: error instanceof Error ? error.message : "cannot be read" });
    return z.NEVER;
  }
});

/** Which systems are called, and with what by default. */
export const UPSTREAM = {
  UPSTREAM_ALLOW: {
    schema: allowEntries,
    initial: "localhost:8069,127.0.0.1:8069",
    about:
      "CIDR, host or host:port, by commas, that users' URLs may reach although private, loopback or plain http. What you set takes the place of the default.",
  },
  UPSTREAM_PUBLIC: {
    schema: z.union([z.literal("any").transform(() => null), publicEntries]),
    initial: "any",
    about:
      "`any`, or the public hosts, by commas, that are called and no others, those of language-model providers included; `*.example.com` for all names below one. What `UPSTREAM_ALLOW` names is open besides.",
  },
  UPSTREAM_CA: {
    schema: pinnedAuthorities,
    initial: "",
    about:
      "`host=file` or `host:port=file`, by commas: the PEM file's certificates are the only ones that this host is believed with.",
  },
  ODOO_URL: {
    schema: httpUrl,
    initial: "http://localhost:8069",
    about: "Odoo server that a credential without a URL of its own means.",
  },
  ODOO_DB: { schema: text, initial: "", about: "With the next two: the system default for Odoo, database of `ODOO_URL`." },
  ODOO_USERNAME: { schema: text, initial: "", about: "Login of the system default for Odoo." },
  ODOO_PASSWORD: { schema: text, initial: "", about: "Password or API key of the system default for Odoo.", isSecret: true },
  API_AUTH_EMAIL: { schema: text, initial: "", about: "With the next one: the system default for the login API." },
  API_AUTH_PASSWORD: { schema: text, initial: "", about: "Password of the system default for the login API.", isSecret: true },
  LOGIN_API_URL: {
    schema: httpUrl.optional(),
    initial: "",
    about: "Login route of the login API, for credentials that name none.",
  },
  LOGIN_API_BASE_URL: {
    schema: httpUrl.optional(),
    initial: "",
    about: "Where the login API's tokens are used, for credentials that name nothing else.",
  },
  LOGIN_API_TOKEN_TTL_SECONDS: {
    schema: z.coerce.number().int().min(1).max(86_400),
    initial: "480",
    about: "Seconds that a token of the login API is used at most.",
  },
  PROJECTS_FILE: {
    schema: text,
    initial: "",
    about:
      "JSON list of the portal's projects: `slug`, `name`, then as wanted `description`, `healthUrl`, `launchUrl` (with `{username}`), `requiredConnectors` (connector ids), `sortOrder`, `isArchived`.",
  },
} as const satisfies Record<string, Variable>;
