import type { prepareStore } from "./store.ts";
import type { Figures, TurnOptions } from "./turns.ts";

export type BenchStore = Awaited<ReturnType<typeof prepareStore>>;

/** A figure that a workload is held to. `floor` names the contestant that it is a ratio to. */
export type Target = {
  readonly what: string;
  readonly measured: number;
  readonly wanted: number;
  readonly kind: "at least" | "at most";
};

export type WorkloadResult = {
  readonly workload: string;
  readonly about: string;
  readonly figures: readonly Figures[];
  readonly targets: readonly Target[];
};

export type Workload = {
  readonly id: string;
  readonly about: string;
  run(store: BenchStore, options: TurnOptions): Promise<WorkloadResult>;
};

/** A request as it goes over the wire. */
export function rawRequest(method: "GET" | "POST", path: string, headers: Readonly<Record<string, string>>, body = ""): string {
  const all = {
    host: "127.0.0.1",
    ...headers,
    ...(method === "POST" ? { "content-type": "application/json", "content-length": String(Buffer.byteLength(body)) } : {}),
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return `${method} ${path} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n${body}`;
}

/** How much of a floor's cheapness the product keeps, by CPU a request: 1 is as cheap as the floor. */
export function ratioTo(floor: string, figures: readonly Figures[]): number {
  const [product] = figures;
  const found = figures.find(({ name }) => name === floor);
  return product === undefined || found === undefined ? Number.NaN : found.cpuMs / product.cpuMs;
}

/** A form as it goes over the wire. */
export function rawForm(path: string, fields: Readonly<Record<string, string>>): string {
  const body = new URLSearchParams(fields).toString();
  const head = ["host: 127.0.0.1", "content-type: application/x-www-form-urlencoded", `content-length: ${body.length}`];
  return `POST ${path} HTTP/1.1\r\n${head.join("\r\n")}\r\n\r\n${body}`;
}

/** What points the product at a store. */
export function environmentOf({ dataDir, databaseUrl }: BenchStore): Record<string, string> & { readonly DATA_DIR: string } {
  return { DATA_DIR: dataDir, ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }) };
}
