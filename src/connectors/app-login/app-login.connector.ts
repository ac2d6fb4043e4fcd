import { z } from "zod";
import type { Connector } from "../connector.ts";
import { createConnector } from "../create-connector.ts";

/*
 * The login of an application, such as a test account: an e-mail address and a password that people and test runs fetch
 * from Postern and type in themselves. The application is the credential's project. There is no upstream that Postern could
 * call: nothing is tested but that both fields are there, and nobody is logged in.
 */

const fields = z.object({
  email: z.string().max(320).meta({ title: "E-mail", description: "What is typed in to log in; a user name will do." }),
  password: z.string().meta({ title: "Password", secret: true }),
});

/** The connector `app-login`: kept and handed out, never contacted. */
export function createAppLoginConnector(): Connector {
  return createConnector({
    id: "app-login",
    name: "Application login",
    description: "E-mail and password of an application, kept for people and test runs.",
    fields,
    test: async () => ({
      stage: "VALIDATE",
      message: "The fields are complete. Nothing was contacted: Postern keeps this login and never uses it itself.",
      details: {},
    }),
  });
}
