import { createAppLoginConnector } from "../../src/connectors/app-login/app-login.connector.ts";
import { describeConnectorContract } from "./contract-suite.ts";

describeConnectorContract("app-login", {
  create: createAppLoginConnector,
  values: () => ({ email: "qa@example.com", password: "correct horse & battery" }),
});
