import { type Context, ROOT_CONTEXT, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import type { Config } from "../config.ts";
import { GatewayError } from "../errors.ts";
import { ConnectionError } from "../upstream/connection-error.ts";
import { OtlpJsonExporter } from "./otlp-json-exporter.ts";
import type { SpanKindName, Tracing } from "./tracing.ts";

const KINDS: Readonly<Record<SpanKindName, SpanKind>> = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
};

/** Longest time for the collector to take what is left when the process ends, in milliseconds. */
const CLOSE_MS = 3_000;
const propagator = new W3CTraceContextPropagator();

/** Tracing over OpenTelemetry's SDK; nothing is registered globally, so that it is nobody's but who holds it. */
export function createTracing(config: Config, endpoint: string, onFailure: (error: unknown) => void): Tracing {
  const exporter = new OtlpJsonExporter({ endpoint, headers: config.OTEL_EXPORTER_OTLP_HEADERS, onFailure });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": config.OTEL_SERVICE_NAME }),
    sampler: samplerOf(config),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  const tracer = provider.getTracer("postern");
  const contexts = new AsyncLocalStorageContextManager().enable();

  const run: Tracing["run"] = (name, kind, attributes, work) => {
    const parent = contexts.active();
    const span = tracer.startSpan(name, { kind: KINDS[kind], attributes: { ...attributes } }, parent);
    return settle(span, () => contexts.with(trace.setSpan(parent, span), work));
  };
  return {
    run,
    runWithin: (name, kind, attributes, work) =>
      trace.getSpan(contexts.active()) === undefined ? work() : run(name, kind, attributes, work),
    beginRequest: (traceparent) => {
      const parent = parentOf(traceparent);
      const span = tracer.startSpan("request", { kind: SpanKind.SERVER }, parent);
      const context = trace.setSpan(parent, span);
      return {
        traceId: span.spanContext().traceId,
        within: (work) => contexts.with(context, work),
        end: (name, attributes, isFailure) => {
          span.updateName(name).setAttributes({ ...attributes });
          if (isFailure) span.setStatus({ code: SpanStatusCode.ERROR });
          span.end();
        },
      };
    },
    annotate: (name, attributes, code) => {
      const span = trace.getSpan(contexts.active());
      span?.updateName(name).setAttributes({ ...attributes });
      if (code !== null) span?.setStatus({ code: SpanStatusCode.ERROR }).setAttribute("error.type", code);
    },
    close: async () => {
      const late = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_MS).unref());
      await Promise.race([provider.shutdown(), late]).catch(onFailure);
      contexts.disable();
    },
  };
}

/** What the caller's own trace is; `tracestate` is left out, since anybody may write anything there. */
function parentOf(traceparent: string | undefined): Context {
  if (traceparent === undefined) return ROOT_CONTEXT;
  const getter = {
    keys: () => ["traceparent"],
    get: (_: unknown, key: string) => (key === "traceparent" ? traceparent : undefined),
  };
  return propagator.extract(ROOT_CONTEXT, {}, getter);
}

function samplerOf({ OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: ratio }: Config): Sampler {
  const root = name.endsWith("traceidratio") ? new TraceIdRatioBasedSampler(ratio) : new AlwaysOnSampler();
  if (name === "always_off") return new AlwaysOffSampler();
  return name.startsWith("parentbased_") ? new ParentBasedSampler({ root }) : root;
}

/** Runs what a span stands for, and ends the span with it, or with what it promises. */
function settle<Result>(span: Span, work: () => Result): Result {
  const fail = (error: unknown): never => {
    span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute("error.type", codeOf(error));
    span.end();
    throw error;
  };
  let result: Result;
  try {
    result = work();
  } catch (error) {
    return fail(error);
  }
  if (!(result instanceof Promise)) {
    span.end();
    return result;
  }
  const ended = result.then((value: unknown) => {
    span.end();
    return value;
  }, fail);
  return ended as Result;
}

/** Messages may tell what was asked for; codes come from closed lists. */
function codeOf(error: unknown): string {
  return error instanceof GatewayError || error instanceof ConnectionError ? error.code : "INTERNAL";
}
