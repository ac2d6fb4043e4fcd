import type { UpstreamObserver } from "../upstream/upstream-observer.ts";
import type { Connector, FieldValues, OpenReader } from "./connector.ts";

/** The connector with every use of its upstream watched; calls are watched where they are sent. */
export function observeConnector(connector: Connector, observe: UpstreamObserver): Connector {
  const { id, login, pull } = connector;
  return {
    ...connector,
    test: (values, options) => observe(id, "test", () => connector.test(values, options)),
    ...(login && { login: (values, options) => observe(id, "login", () => login(values, options)) }),
    ...(pull && {
      pull: {
        ...(pull.contacts && { contacts: observePull(id, pull.contacts, observe) }),
        ...(pull.products && { products: observePull(id, pull.products, observe) }),
      },
    }),
  };
}

function observePull<Row>(
  id: string,
  open: OpenReader<FieldValues, Row>,
  observe: UpstreamObserver,
): OpenReader<FieldValues, Row> {
  return async (values, options) => {
    const reader = await observe(id, "read", () => open(values, options));
    return {
      upstreamKey: reader.upstreamKey,
      count: (changedSince) => observe(id, "read", () => reader.count(changedSince)),
      page: (request) => observe(id, "read", () => reader.page(request)),
      ids: (afterId, limit) => observe(id, "read", () => reader.ids(afterId, limit)),
    };
  };
}
