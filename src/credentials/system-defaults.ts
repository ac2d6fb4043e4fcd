import { systemViewer } from "../access/viewer.ts";
import type { Config } from "../config.ts";
import { GatewayError } from "../errors.ts";
import { type CredentialRepository, SYSTEM_OWNER } from "./credential.repository.ts";
import type { CredentialService } from "./credential.service.ts";
import type { CredentialSavingService } from "./credential-saving.service.ts";

/** Marks a system default that came from the environment: Postern keeps it equal to the environment at every start. */
export const ENVIRONMENT_LABEL = "environment";

type Environment = Pick<
  Config,
  | "API_AUTH_EMAIL"
  | "API_AUTH_PASSWORD"
  | "LOGIN_API_URL"
  | "LOGIN_API_BASE_URL"
  | "ODOO_URL"
  | "ODOO_DB"
  | "ODOO_USERNAME"
  | "ODOO_PASSWORD"
>;

type Fields = Readonly<Record<string, string | undefined>>;
/** There is a default when all of `fields` are there; `places` may be left out, and are then nobody's. */
type EnvironmentDefault = { readonly connector: string; readonly fields: Fields; readonly places?: Fields };

function readEnvironment(config: Environment): readonly EnvironmentDefault[] {
  return [
    {
      connector: "login-api",
      fields: { email: config.API_AUTH_EMAIL, password: config.API_AUTH_PASSWORD },
      places: { login_url: config.LOGIN_API_URL, base_url: config.LOGIN_API_BASE_URL },
    },
    {
      connector: "odoo",
      fields: {
        url: config.ODOO_URL,
        database: config.ODOO_DB,
        username: config.ODOO_USERNAME,
        password: config.ODOO_PASSWORD,
      },
    },
  ];
}

type Dependencies = {
  readonly repository: CredentialRepository;
  readonly credentials: CredentialService;
  readonly saving: CredentialSavingService;
  /** Told of a default whose values the connector does not take, with the reason, which repeats no value; what is stored stays. */
  readonly onRefused: (connector: string, reason: string) => void;
};

/**
 * Makes the system defaults that the environment names, brings changed ones up to date, and deletes those that it names
 * no more. They are saved untested: an upstream that is down must not keep Postern from starting.
 */
export async function applyEnvironmentDefaults(dependencies: Dependencies, config: Environment): Promise<void> {
  for (const wanted of readEnvironment(config)) {
    try {
      await applyDefault(dependencies, wanted);
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      if (error.code === "BAD_USER_INPUT") dependencies.onRefused(wanted.connector, error.message);
      // Another node that starts at the same time has just done the same.
      else if (error.code !== "CONFLICT") throw error;
    }
  }
}

async function applyDefault({ repository, credentials, saving }: Dependencies, wanted: EnvironmentDefault): Promise<void> {
  const viewer = systemViewer("start");
  const key = { ownerKey: SYSTEM_OWNER, connectorId: wanted.connector, project: "", label: ENVIRONMENT_LABEL };
  const stored = await repository.findByKey(key);
  const isComplete = Object.values(wanted.fields).every((value) => value !== undefined);
  if (!isComplete) {
    if (stored !== null) await credentials.delete(viewer, stored.id);
    return;
  }
  const fields = Object.entries({ ...wanted.fields, ...wanted.places }).map(([name, value]) => ({ name, value: value ?? null }));
  // Where there was none, there must be none: what another node has saved since is this very default, not an older version.
  const replaces = stored === null ? { replaces: null } : {};
  const input = { connector: wanted.connector, label: ENVIRONMENT_LABEL, fields, test: false, ...replaces };
  // As the connector takes the values, not as they stand in the environment: a space that it takes away is no change.
  const { change } = await saving.planImport(viewer, null, input);
  if (change !== "KEEP") await saving.saveSystemDefault(viewer, input);
}
