import { requirePermission, type Viewer } from "../access/viewer.ts";
import { badInput } from "../errors.ts";
import { RING_MINUTES } from "../observability/minute-ring.ts";
import type { ConnectorLatency, TokenMinute, UsageSeries } from "../observability/usage-series.ts";

export type Usage = { readonly tokens: readonly TokenMinute[]; readonly upstreams: readonly ConnectorLatency[] };

/** Shows administrators what this process has counted. It says how much and how long, never whose or what. */
export class UsageService {
  readonly #series: UsageSeries;

  constructor(series: UsageSeries) {
    this.#series = series;
  }

  /** The last so many minutes, the one under way included. @throws {GatewayError} FORBIDDEN; BAD_USER_INPUT beyond a day */
  read(viewer: Viewer, minutes: number): Usage {
    requirePermission(viewer, "metrics:read");
    if (minutes < 1 || minutes > RING_MINUTES) throw badInput("minutes", `minutes must be between 1 and ${RING_MINUTES}.`);
    return { tokens: this.#series.tokens(minutes), upstreams: this.#series.upstreams(minutes) };
  }
}
