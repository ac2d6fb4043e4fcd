import { z } from "zod";
import { httpUrl, text, type Variable } from "./variable.ts";

const pathPart = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_./-]{0,127}$/, "must be letters, digits, _ . / -");

/** Where the key-encryption keys are. */
export const KEYS = {
  KEY_RING_FILE: {
    schema: z.string().min(1).optional(),
    initial: "",
    about: "File of the key-encryption keys. Without it: `DATA_DIR/keys.json`.",
  },
  KEY_RING: {
    schema: z.string().min(1).optional(),
    initial: "",
    about: "The key ring itself as JSON, instead of a file. A file is safer: the environment is readable under `/proc`.",
  },
  KEY_WRAPPING: {
    schema: z.enum(["ring", "transit"]).optional(),
    initial: "",
    about: "What wraps new data keys: `ring` or `transit`. Without it: Transit where `TRANSIT_URL` is set, else the key ring.",
  },
  TRANSIT_URL: {
    schema: httpUrl.optional(),
    initial: "",
    about: "OpenBao or Vault server whose Transit engine holds the key-encryption key; without `/v1`.",
  },
  TRANSIT_MOUNT: { schema: pathPart, initial: "transit", about: "Where the Transit engine is mounted." },
  TRANSIT_KEY: { schema: pathPart, initial: "postern", about: "Name of the Transit key, of an AEAD type and not derived." },
  TRANSIT_NAMESPACE: { schema: text, initial: "", about: "Namespace of the Transit engine." },
  TRANSIT_TOKEN_FILE: {
    schema: text,
    initial: "",
    about: "File (mode 600) with the token for Transit; read again when it changes, and renewed.",
  },
  TRANSIT_ROLE_ID: { schema: text, initial: "", about: "Role id of an AppRole, instead of a token." },
  TRANSIT_SECRET_ID_FILE: { schema: text, initial: "", about: "File (mode 600) with the AppRole's secret id." },
  TRANSIT_APPROLE_MOUNT: { schema: pathPart, initial: "approle", about: "Where AppRole is mounted." },
  TRANSIT_CA_FILE: { schema: text, initial: "", about: "PEM certificates to trust for Transit instead of the well-known ones." },
  TRANSIT_TIMEOUT_MS: {
    schema: z.coerce.number().int().min(100).max(30_000),
    initial: "2000",
    about: "Milliseconds that one call of Transit may take.",
  },
  TRANSIT_CACHE_SECONDS: {
    schema: z.coerce.number().int().min(0).max(86_400),
    initial: "300",
    about: "How long a data key that Transit unwrapped is used without asking again; it bridges an outage. 0: never.",
  },
  TRANSIT_CACHE_KEYS: {
    schema: z.coerce.number().int().min(1).max(1_000_000),
    initial: "10000",
    about: "Most data keys that are kept so.",
  },
} as const satisfies Record<string, Variable>;
