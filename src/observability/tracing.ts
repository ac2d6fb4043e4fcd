import type { Logger } from "pino";
import type { Config } from "../config.ts";

/** Closed names, and values that are the program's own: a pattern, a code, a statement without values. Never what a caller sent. */
export type SpanAttributes = Readonly<Record<string, string | number>>;

/** What a span is about, as OpenTelemetry sorts them. */
export type SpanKindName = "internal" | "server" | "client";

/** One request, from its first byte to the end of its answer. */
export type RequestSpan = {
  /** The trace's id, 32 hexadecimal digits; for the log. */
  readonly traceId: string;
  /** Runs work so that spans made in it are below this one. */
  within(work: () => void): void;
  end(name: string, attributes: SpanAttributes, isFailure: boolean): void;
};

export type Tracing = {
  /** Begins the span of a request; `traceparent` is the W3C header that came with it, and the only thing of it that is believed. */
  beginRequest(traceparent: string | undefined): RequestSpan;
  /**
   * Runs work as a span below the one under way. What it throws goes on; the span keeps its code alone, no message.
   */
  run<Result>(name: string, kind: SpanKindName, attributes: SpanAttributes, work: () => Result): Result;
  /** The same, but only below another span: what nobody waits for would make traces of single statements. */
  runWithin<Result>(name: string, kind: SpanKindName, attributes: SpanAttributes, work: () => Result): Result;
  /** Gives the span under way another name, and attributes more; `code` when what it stands for has failed. */
  annotate(name: string, attributes: SpanAttributes, code: string | null): void;
  /** Sends what is left, for a few seconds at most. */
  close(): Promise<void>;
};

/** Tracing as the configuration says; null when it is off, and then nothing of OpenTelemetry is loaded. */
export async function startTracing(config: Config, log: Logger): Promise<Tracing | null> {
  if (config.OTEL_EXPORTER_OTLP_ENDPOINT === undefined) return null;
  const { createTracing } = await import("./open-telemetry.ts");
  return createTracing(config, config.OTEL_EXPORTER_OTLP_ENDPOINT, (error) =>
    log.warn({ err: error }, "traces could not be sent, and are dropped"),
  );
}
