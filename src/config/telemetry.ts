import { z } from "zod";
import { httpUrl, type Variable } from "./variable.ts";

const SAMPLERS = ["always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_traceidratio"] as const;

/** `name=value` by commas, percent-encoded, as OpenTelemetry writes headers. */
const headers = z.string().transform((text, context) => {
  const pairs = text.split(",").map((pair) => pair.trim());
  const named: [string, string][] = [];
  for (const pair of pairs.filter((each) => each !== "")) {
    const [, name, value] = /^([\w-]+)\s*=\s*(.*)$/.exec(pair) ?? [];
    if (name === undefined || value === undefined) {
      context.addIssue({ code: "custom", message: "must be name=value, by commas" });
      return z.NEVER;
    }
    named.push([name.toLowerCase(), decodeURIComponent(value)]);
  }
  return Object.fromEntries(named);
});

/** Where traces go; the names are OpenTelemetry's own. */
export const TELEMETRY = {
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    schema: httpUrl.optional(),
    initial: "",
    about:
      "OpenTelemetry collector (OTLP over HTTP, as JSON) that traces are sent to, at `/v1/traces` below it; without it there are none.",
  },
  OTEL_EXPORTER_OTLP_HEADERS: {
    schema: headers,
    initial: "",
    about: "Headers for the collector, `name=value` by commas.",
    isSecret: true,
  },
  OTEL_SERVICE_NAME: { schema: z.string().min(1), initial: "postern", about: "Name of this service in traces." },
  OTEL_TRACES_SAMPLER: {
    schema: z.enum(SAMPLERS),
    initial: "parentbased_always_on",
    about: `Which requests are traced: ${SAMPLERS.map((sampler) => `\`${sampler}\``).join(", ")}.`,
  },
  OTEL_TRACES_SAMPLER_ARG: {
    schema: z.coerce.number("must be a number").min(0).max(1),
    initial: "1",
    about: "Part of the requests that the samplers with a ratio take, 0 to 1.",
  },
} as const satisfies Record<string, Variable>;
