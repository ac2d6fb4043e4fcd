/** What an upstream is used for. `read` is opening what a sync reads, and each page of it. */
export type UpstreamOperation = "test" | "login" | "read" | "call";

/** Runs one use of an upstream, by the connector's id, and takes note of how long it took and what it came to. */
export type UpstreamObserver = <Result>(
  connectorId: string,
  operation: UpstreamOperation,
  use: () => Promise<Result>,
) => Promise<Result>;

/** Watches nothing. */
export const unobserved: UpstreamObserver = (_connectorId, _operation, use) => use();
