import type { Metric, Registry } from "prom-client";
import type { Counter, Family, Histogram } from "./cells.ts";
import type { Gauge, Metrics, Reading } from "./metrics.ts";

/** The metrics as Prometheus reads them. */
export type Exposition = { read(): Promise<{ readonly contentType: string; readonly text: string }> };

type Sample = { readonly metricName?: string; readonly labels: Readonly<Record<string, string>>; readonly value: number };

/**
 * An exposition of the metrics, with what every Node process shows (`process_*`, `nodejs_*`: CPU, memory, handles, event-loop
 * lag, garbage collection) under the names that ready-made dashboards know. The library is loaded when somebody first looks.
 */
export function createExposition(metrics: Metrics): Exposition {
  let registry: Promise<Registry> | undefined;
  return {
    read: async () => {
      registry ??= openRegistry(metrics);
      const opened = await registry;
      return { contentType: opened.contentType, text: await opened.metrics() };
    },
  };
}

async function openRegistry({ counters, histograms, gauges }: Metrics): Promise<Registry> {
  const { default: library } = await import("prom-client");
  const registry = new library.Registry();
  library.collectDefaultMetrics({ register: registry });
  const register = (about: { readonly name: string; readonly help: string }, type: string, read: () => Promise<Sample[]>) => {
    const metric = { name: about.name, get: async () => ({ name: about.name, help: about.help, type, values: await read() }) };
    registry.registerMetric(metric as unknown as Metric);
  };
  for (const family of counters) register(family, "counter", async () => samplesOfCounters(family));
  for (const family of histograms) register(family, "histogram", async () => samplesOfHistograms(family));
  for (const gauge of gauges) register(gauge, "gauge", () => samplesOfGauge(gauge));
  return registry;
}

function labelsOf({ labels }: { readonly labels: readonly string[] }, values: readonly string[]): Record<string, string> {
  return Object.fromEntries(labels.map((label, index) => [label, values[index] ?? ""]));
}

function samplesOfCounters(family: Family<Counter>): Sample[] {
  return [...family.entries()].map(({ values, cell }) => ({ labels: labelsOf(family, values), value: cell.value }));
}

function samplesOfHistograms(family: Family<Histogram>): Sample[] {
  return [...family.entries()].flatMap(({ values, cell }) => {
    const labels = labelsOf(family, values);
    let count = 0;
    const buckets = [...cell.counts].map((inBucket, index) => {
      count += inBucket;
      const le = String(cell.bounds[index] ?? "+Inf");
      return { metricName: `${family.name}_bucket`, labels: { ...labels, le }, value: count };
    });
    return [
      ...buckets,
      { metricName: `${family.name}_sum`, labels, value: cell.sum },
      { metricName: `${family.name}_count`, labels, value: count },
    ];
  });
}

async function samplesOfGauge({ label, readings }: Gauge): Promise<Sample[]> {
  const samples = await Promise.all(
    [...readings].map(async ([value, read]) => ({
      labels: label === null ? {} : { [label]: value },
      value: await readOrNull(read),
    })),
  );
  return samples.filter((sample): sample is Sample => sample.value !== null);
}

/** A store that is away must not hide the rest. */
async function readOrNull(read: Reading): Promise<number | null> {
  try {
    return await read();
  } catch {
    return null;
  }
}
