import { startMisbehavingServer } from "./misbehaving-server.ts";

export type ReceivedSpan = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, string | number>> }[];
  readonly status: { readonly code: number };
};

type Sent = {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly ReceivedSpan[] }[] }[];
};

/** A collector that takes traces as OTLP/JSON, and keeps what it was sent. */
export async function startOtlpReceiver() {
  const bodies: string[] = [];
  const paths = new Set<string>();
  const keys = new Set<string | undefined>();
  const { origin } = await startMisbehavingServer(({ path, headers, body }) => {
    bodies.push(body);
    paths.add(path);
    keys.add(headers["x-collector-key"] as string | undefined);
    return { body: "{}" };
  });
  return {
    origin,
    /** All that came, as it came. */
    text: () => bodies.join("\n"),
    paths: () => [...paths],
    keys: () => [...keys],
    spans: (): readonly ReceivedSpan[] =>
      bodies.flatMap((body) =>
        (JSON.parse(body) as Sent).resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
      ),
  };
}
