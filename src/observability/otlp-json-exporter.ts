import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import type { ReadableSpan, SpanExporter } from "@opentelemetry/sdk-trace";
import { createHttpClient } from "../upstream/guarded-http-client.ts";
import type { HttpClient } from "../upstream/http-client.ts";
import { allowOperatorUrl } from "../upstream/operator-url.ts";

export type OtlpJsonExporterOptions = {
  /** The collector's address, without `/v1/traces`. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Told of spans that could not be sent; at most once a minute. */
  readonly onFailure: (error: unknown) => void;
};

const DEADLINE_MS = 10_000;
const MAX_ANSWER_BYTES = 64 * 1024;
const TOLD_EVERY_MS = 60_000;

/**
 * Sends spans as OTLP/JSON over the guarded client, to the operator's collector and nowhere else. OpenTelemetry's own exporter
 * would bring fifteen packages, and a way out that nothing guards.
 */
export class OtlpJsonExporter implements SpanExporter {
  readonly #http: HttpClient;
  readonly #options: OtlpJsonExporterOptions;
  readonly #sending = new Set<Promise<void>>();
  #toldAt = Number.NEGATIVE_INFINITY;

  constructor(options: OtlpJsonExporterOptions) {
    this.#options = options;
    this.#http = createHttpClient({ allowList: allowOperatorUrl(options.endpoint) });
  }

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    const sending = this.#send(spans)
      .then(
        () => done({ code: ExportResultCode.SUCCESS }),
        (error: unknown) => {
          this.#tell(error);
          // Without the error: the SDK's own handler would print it.
          done({ code: ExportResultCode.FAILED });
        },
      )
      .finally(() => this.#sending.delete(sending));
    this.#sending.add(sending);
  }

  async forceFlush(): Promise<void> {
    await Promise.all(this.#sending);
  }

  shutdown(): Promise<void> {
    return this.forceFlush();
  }

  async #send(spans: readonly ReadableSpan[]): Promise<void> {
    const { endpoint, headers } = this.#options;
    const { status } = await this.#http.request({
      method: "POST",
      url: `${endpoint.replace(/\/+$/, "")}/v1/traces`,
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify(toOtlp(spans)),
      signal: AbortSignal.timeout(DEADLINE_MS),
      maxBytes: MAX_ANSWER_BYTES,
    });
    if (status < 200 || status > 299) throw new Error(`The collector answered with status ${status}.`);
  }

  #tell(error: unknown): void {
    const now = performance.now();
    if (now - this.#toldAt < TOLD_EVERY_MS) return;
    this.#toldAt = now;
    this.#options.onFailure(error);
  }
}

/** An `ExportTraceServiceRequest` in protobuf's JSON: ids in hexadecimal digits, times as decimal text. */
function toOtlp(spans: readonly ReadableSpan[]): object {
  const [first] = spans;
  const resource = { attributes: first === undefined ? [] : toAttributes(first.resource.attributes) };
  return { resourceSpans: [{ resource, scopeSpans: [{ scope: { name: "postern" }, spans: spans.map(toSpan) }] }] };
}

function toSpan(span: ReadableSpan): object {
  const { name, kind, startTime, endTime, attributes, status, parentSpanContext } = span;
  const { traceId, spanId } = span.spanContext();
  return {
    traceId,
    spanId,
    ...(parentSpanContext === undefined ? {} : { parentSpanId: parentSpanContext.spanId }),
    name,
    // Protobuf counts from "unspecified".
    kind: kind + 1,
    startTimeUnixNano: toNanoseconds(startTime),
    endTimeUnixNano: toNanoseconds(endTime),
    attributes: toAttributes(attributes),
    status: { code: status.code },
  };
}

/** Exact, where a number of nanoseconds since 1970 would be rounded. */
function toNanoseconds([seconds, nanoseconds]: ReadableSpan["startTime"]): string {
  return String(BigInt(seconds) * 1_000_000_000n + BigInt(nanoseconds));
}

function toAttributes(attributes: ReadableSpan["attributes"]): object[] {
  return Object.entries(attributes).map(([key, value]) => ({
    key,
    value:
      typeof value === "number"
        ? Number.isInteger(value)
          ? { intValue: value }
          : { doubleValue: value }
        : { stringValue: String(value) },
  }));
}
