import type { Connector, ConnectorRegistry } from "../connectors/connector.ts";
import { badInput } from "../errors.ts";

/** The connector of an id that a caller gave. @throws {GatewayError} BAD_USER_INPUT for `connector`, naming those that there are */
export function requireConnector(connectors: ConnectorRegistry, id: string): Connector {
  const connector = connectors.find(id);
  if (connector !== null) return connector;
  const known = connectors.all.map((each) => each.id).join(", ");
  throw badInput("connector", `There is no such connector. Known are: ${known}.`);
}
