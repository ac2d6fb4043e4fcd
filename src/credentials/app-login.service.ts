import { canonicalise } from "../access/username.ts";
import { isAllowed, requirePermission, type Viewer } from "../access/viewer.ts";
import { GatewayError } from "../errors.ts";
import type { CredentialService } from "./credential.service.ts";
import type { FindUserIdByName } from "./credential-resolution.ts";

const CONNECTOR = "app-login";

/** A login, or which of the two it lacks: a user of that name, or a whole login of theirs for the application. */
export type AppLogin =
  | { readonly outcome: "REVEALED"; readonly email: string; readonly password: string }
  | { readonly outcome: "NO_USER" | "NOT_CONFIGURED" };

type Dependencies = {
  readonly credentials: Pick<CredentialService, "reveal">;
  readonly findUserIdByName: FindUserIdByName;
};

/**
 * Hands the logins of applications to the machines that test them. Whatever a machine's token is not limited to looks like
 * a user who does not exist.
 */
export class AppLoginService {
  readonly #deps: Dependencies;

  constructor(dependencies: Dependencies) {
    this.#deps = dependencies;
  }

  /** Reveals a user's login for an application, or says what is missing. @throws {GatewayError} as `reveal` of credentials does */
  async reveal(viewer: Viewer, username: string, application: string): Promise<AppLogin> {
    requirePermission(viewer, "credential:reveal");
    const fields = await this.#findFields(viewer, username, application);
    if (fields === null) {
      const userId = await this.#deps.findUserIdByName(username);
      return { outcome: userId !== null && mayKnow(viewer, username, application) ? "NOT_CONFIGURED" : "NO_USER" };
    }
    const { email = "", password = "" } = fields;
    return email === "" || password === "" ? { outcome: "NOT_CONFIGURED" } : { outcome: "REVEALED", email, password };
  }

  async #findFields(viewer: Viewer, username: string, project: string): Promise<Record<string, string> | null> {
    try {
      const { fields } = await this.#deps.credentials.reveal(viewer, { username, connector: CONNECTOR, project });
      return Object.fromEntries(fields.map(({ name, value }) => [name, value]));
    } catch (error) {
      if (error instanceof GatewayError && error.code === "NOT_FOUND") return null;
      throw error;
    }
  }
}

/** Whether the viewer may learn that a user is there without a login for the application. */
function mayKnow(viewer: Viewer, username: string, application: string): boolean {
  if (viewer.type !== "SERVICE") return false;
  const { usernames, connectors, projects } = viewer.limits;
  return isAllowed(usernames, canonicalise(username)) && isAllowed(connectors, CONNECTOR) && isAllowed(projects, application);
}
