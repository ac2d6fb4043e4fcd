import type { z } from "zod";
import type { Injection } from "../upstream/call-headers.ts";
import type { ConnectionStage } from "../upstream/connection-error.ts";

/*
 * The contract between Postern and one kind of upstream system. A connector knows how to speak to its upstream and
 * nothing else: no storage, no logging, no retries, no keys. Everything it learns from outside is parsed before it is
 * believed, and no message of its errors can carry a secret value (`createConnector` sees to that).
 */

/** One field of a connector, as the API and the dashboard's forms show it. */
export type ConnectorField = {
  readonly name: string;
  readonly label: string;
  readonly description: string | null;
  readonly isSecret: boolean;
  readonly isRequired: boolean;
  readonly defaultValue: string | null;
  /** A regular expression (with `u`) that the whole value matches; for forms, which tell early: `parseFields` decides. */
  readonly pattern: string | null;
  /** What the pattern wants, as a sentence; null without one. */
  readonly patternHelp: string | null;
  /** Characters; null for any number. */
  readonly minLength: number | null;
};

/** What Postern can do with an upstream; which of it, follows from what its connector is made of. */
export const CONNECTOR_CAPABILITIES = ["TEST", "ACCESS_TOKEN", "CALL", "SYNC_CONTACTS", "SYNC_PRODUCTS"] as const;
export type ConnectorCapability = (typeof CONNECTOR_CAPABILITIES)[number];

/** The values of a connector's fields after validation; absent optional fields are left out. */
export type FieldValues = Readonly<Record<string, string>>;

export type FieldProblem = { readonly field: string; readonly message: string };

export type ParsedFields =
  | { readonly ok: true; readonly values: FieldValues }
  | { readonly ok: false; readonly problems: readonly FieldProblem[] };

/** What a passed test reports: `odoo_uid`, `contact_count`, `server_version`… and the last stage it reached. */
export type ConnectionReport = {
  readonly stage: ConnectionStage;
  readonly message: string;
  readonly details: Readonly<Record<string, string>>;
};

/** For a use of the upstream that ends when `signal` does. */
export type UseOptions = { readonly signal: AbortSignal };

/** The same, for a connection test. */
export type TestOptions = UseOptions & {
  /** Called as each stage begins, for those who watch. */
  readonly onStage?: (stage: ConnectionStage) => void;
};

/** The upstream's own access token. `expiresAt` is null when the upstream does not say. */
export type UpstreamToken = { readonly accessToken: string; readonly expiresAt: Date | null };

/** One contact as an upstream gives it. `updatedAt` is the upstream's clock, to the second. */
export type ContactRow = {
  readonly upstreamId: number;
  readonly name: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly isCompany: boolean;
  readonly isActive: boolean;
  readonly updatedAt: Date;
};

/** One product as an upstream gives it; `price` is decimal text. */
export type ProductRow = {
  readonly upstreamId: number;
  readonly name: string;
  readonly sku: string | null;
  readonly price: string | null;
  readonly isActive: boolean;
  readonly updatedAt: Date;
};

export type PageRequest = {
  /** Only rows written at or after this upstream time (`YYYY-MM-DD HH:MM:SS`, UTC); null reads all. */
  readonly changedSince: string | null;
  /** Only rows with a greater id: the key of the page before, 0 at first. */
  readonly afterId: number;
  readonly limit: number;
};

/** A signed-in reader of one resource. Archived rows are included; pages come in the order of ids. */
export type PullReader<Row> = {
  /** Names the upstream database: rows of two databases must never mix. */
  readonly upstreamKey: string;
  /** Rows visible now that a page request with this `changedSince` would give in all. */
  count(changedSince: string | null): Promise<number>;
  page(request: PageRequest): Promise<readonly Row[]>;
  /** Ids alone, ascending, greater than `afterId`: how deletions are found. */
  ids(afterId: number, limit: number): Promise<readonly number[]>;
};

/** Signs in and opens a resource for reading. */
export type OpenReader<Values, Row> = (values: Values, options: UseOptions) => Promise<PullReader<Row>>;

/** The resources that can be read from an upstream. */
export type Pull<Values> = {
  readonly contacts?: OpenReader<Values, ContactRow>;
  readonly products?: OpenReader<Values, ProductRow>;
};

/** How calls through the gateway reach an upstream, and how the credential goes along. */
export type ConnectorCall<Values> = {
  /** Whether the access token that `login` gives goes along; otherwise fields do. */
  readonly usesAccessToken: boolean;
  /** Root of the API: calls go to addresses below it alone. @throws {ConnectionError} INVALID_FIELDS when none is known. */
  baseUrl(values: Values): string;
  /** @throws {ConnectionError} INVALID_FIELDS when the credential is of a kind that calls cannot be made with. */
  inject(values: Values, accessToken: string | null): Injection;
  /** Headers of a call whose caller sends none of that name, lower-case. */
  readonly defaultHeaders?: Readonly<Record<string, string>>;
  /** How long the upstream may think before it answers, in milliseconds, where that is longer than for most. */
  readonly firstByteMs?: number;
};

/** What a connector is written as: see `createConnector`, which turns it into a `Connector`. */
export type ConnectorDefinition<Schema extends z.ZodObject> = {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Field schemas carry `.meta({ title, description, secret, initial, pattern, patternHelp })`. */
  readonly fields: Schema;
  readonly test: (values: z.output<Schema>, options: TestOptions) => Promise<ConnectionReport>;
  readonly login?: (values: z.output<Schema>, options: UseOptions) => Promise<UpstreamToken>;
  readonly call?: ConnectorCall<z.output<Schema>>;
  readonly pull?: Pull<z.output<Schema>>;
};

/** A connector as the rest of Postern uses it. Capabilities that the upstream lacks are absent. */
export type Connector = {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly fields: readonly ConnectorField[];
  readonly capabilities: readonly ConnectorCapability[];
  /** Fills defaults, trims nothing that is secret, and names every wrong or unknown field. */
  parseFields(input: Readonly<Record<string, string>>): ParsedFields;
  /** @throws {ConnectionError} with the stage it came to, its message free of secret values. */
  test(values: FieldValues, options: TestOptions): Promise<ConnectionReport>;
  login?(values: FieldValues, options: UseOptions): Promise<UpstreamToken>;
  readonly call?: ConnectorCall<FieldValues>;
  readonly pull?: Pull<FieldValues>;
};

export type ConnectorRegistry = {
  readonly all: readonly Connector[];
  find(id: string): Connector | null;
};
