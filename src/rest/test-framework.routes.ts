import { z } from "zod";
import type { Config } from "../config.ts";
import type { AppLoginService } from "../credentials/app-login.service.ts";
import { badInput, GatewayError } from "../errors.ts";
import { answer, defineRoute, type FailureShape, type RestSystem } from "./route.ts";

export type TestFrameworkServices = {
  readonly config: Pick<Config, "TEST_APPS">;
  readonly appLogins: Pick<AppLoginService, "reveal">;
};

/** The words that its clients look for: one for every token that is refused, one for all that fails on our side. */
const failures: FailureShape = {
  key: "detail",
  reword: ({ status, message, reason }) => {
    if (status === 401) return { status, message: "Invalid API token" };
    if (status < 500) return { status, message };
    // What is refused for now (no trail, too much to do) is nothing the replaced system had: its clients know 500 for a store
    // that cannot be read.
    const isStore = reason === undefined || reason === "store";
    return { status: isStore ? 500 : status, message: `Failed to fetch credentials: ${message}` };
  },
};

/** System B: logins by user and application, for machines. */
export function createTestFramework(services: TestFrameworkServices): RestSystem {
  return {
    name: "Test framework",
    about: "Logins by user and application, for machines with a service token.",
    prefixes: ["/api/v1/credentials"],
    failures,
    limit: "MACHINES",
    routes: [getLogin(services)],
  };
}

function getLogin({ config: { TEST_APPS }, appLogins }: TestFrameworkServices) {
  const login = z.record(z.string(), z.string()).meta({
    description: "`dev_{app_name}_email` and `dev_{app_name}_password`.",
    examples: [{ dev_cigar_email: "tester@example.com", dev_cigar_password: "…" }],
  });
  return defineRoute({
    method: "GET",
    path: "/api/v1/credentials/{username}/{app_name}",
    summary: "Reveal a user's login for an application",
    description: "Checked in this order: token, application, user, login. The reveal is recorded.",
    callers: "SERVICE",
    params: z.object({ username: z.string(), app_name: z.string().meta({ examples: [...TEST_APPS] }) }),
    answers: { 200: { about: "The login in the clear.", schema: login } },
    refusals: {
      400: `\`Invalid app_name. Must be one of: ${TEST_APPS.join(", ")}\``,
      401: "`Invalid API token`",
      404: "`No credentials found for user '…'`, or `Credentials for app '…' not configured for user '…'`.",
      500: "`Failed to fetch credentials: …`",
      503: "`Failed to fetch credentials: …`, because the reveal cannot be recorded or there is too much to do.",
    },
    handle: async ({ viewer, params: { username, app_name: app } }) => {
      if (!TEST_APPS.includes(app)) throw badInput("app_name", `Invalid app_name. Must be one of: ${TEST_APPS.join(", ")}`);
      const login = await appLogins.reveal(viewer, username, app);
      if (login.outcome === "REVEALED") {
        return answer(200, { [`dev_${app}_email`]: login.email, [`dev_${app}_password`]: login.password });
      }
      const isNobody = login.outcome === "NO_USER";
      const missing = isNobody
        ? `No credentials found for user '${username}'`
        : `Credentials for app '${app}' not configured for user '${username}'`;
      throw new GatewayError("NOT_FOUND", missing);
    },
  });
}
