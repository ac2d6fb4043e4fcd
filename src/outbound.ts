import type { Config } from "./config.ts";
import { parseAllowList } from "./upstream/allow-list.ts";
import { createCircuitBreaker } from "./upstream/circuit-breaker.ts";
import { breakerLimits, httpLimits, streamLimits } from "./upstream/configured-limits.ts";
import { createHttpClient } from "./upstream/guarded-http-client.ts";
import { createStreamClient } from "./upstream/guarded-stream-client.ts";

/** URLs that the operator set: allowed as they stand. */
function operatorUrls({ ODOO_URL, LOGIN_API_URL, LOGIN_API_BASE_URL }: Config): readonly string[] {
  return [ODOO_URL, LOGIN_API_URL, LOGIN_API_BASE_URL].filter((url) => url !== undefined);
}

/** How requests leave: to allowed addresses alone, and to no upstream that has just failed over and over. */
export function createOutbound(config: Config) {
  const allowList = parseAllowList(config.UPSTREAM_ALLOW, operatorUrls(config), config.UPSTREAM_PUBLIC);
  const breaker = createCircuitBreaker(breakerLimits(config));
  const outbound = { allowList, breaker, pinnedAuthorities: config.UPSTREAM_CA };
  return {
    breaker,
    http: createHttpClient({ ...outbound, limits: httpLimits(config) }),
    streams: createStreamClient({ ...outbound, limits: streamLimits(config) }),
  };
}

export type Outbound = ReturnType<typeof createOutbound>;
