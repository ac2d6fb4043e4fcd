import type { z } from "zod";
import { ConnectionError, type ConnectionStage } from "../upstream/connection-error.ts";
import type {
  Connector,
  ConnectorCall,
  ConnectorCapability,
  ConnectorDefinition,
  FieldValues,
  OpenReader,
  PullReader,
  TestOptions,
  UseOptions,
} from "./connector.ts";
import { describeFields, parseFieldInput } from "./connector-fields.ts";
import { createMask, type Mask, sanitizeError, sanitizeReport } from "./sanitizing.ts";

/**
 * Turns a definition into a connector: fields described and validated from the zod schema, and every failure that leaves it a
 * `ConnectionError` whose message and cause carry no secret value. What a connector throws by mistake or by parsing an answer
 * (a `ZodError`) becomes UNEXPECTED_RESPONSE.
 */
export function createConnector<Schema extends z.ZodObject>(definition: ConnectorDefinition<Schema>): Connector {
  const { id, name, description, login, call, pull } = definition;
  const fields = describeFields(definition.fields);
  const guard = createGuard(
    definition.fields,
    fields.filter((field) => field.isSecret).map((field) => field.name),
  );
  return {
    id,
    name,
    description,
    fields,
    capabilities: capabilitiesOf(definition),
    parseFields: (input) => parseFieldInput(definition.fields, fields, input),
    test: (values, options) => {
      const watched = watchStages(options);
      return guard(values, watched, async (output, mask) => sanitizeReport(await definition.test(output, watched.options), mask));
    },
    ...(login && {
      login: (values, options) => guard(values, { options, stage: () => "AUTHENTICATE" }, (output) => login(output, options)),
    }),
    ...(call && { call: guardCall(definition.fields, call) }),
    ...(pull && {
      pull: {
        ...(pull.contacts && { contacts: guardPull(pull.contacts, guard) }),
        ...(pull.products && { products: guardPull(pull.products, guard) }),
      },
    }),
  };
}

function capabilitiesOf<Schema extends z.ZodObject>({ login, call, pull }: ConnectorDefinition<Schema>): ConnectorCapability[] {
  return [
    "TEST",
    ...(login ? (["ACCESS_TOKEN"] as const) : []),
    ...(call ? (["CALL"] as const) : []),
    ...(pull?.contacts ? (["SYNC_CONTACTS"] as const) : []),
    ...(pull?.products ? (["SYNC_PRODUCTS"] as const) : []),
  ];
}

type Use = { readonly options: UseOptions; readonly stage: () => ConnectionStage };
type Guard<Output> = <Result>(
  values: FieldValues,
  use: Use,
  run: (output: Output, mask: Mask) => Promise<Result>,
) => Promise<Result>;

/** Runs one use of the upstream with the values as the schema gives them, and lets no error out that carries a secret. */
function createGuard<Schema extends z.ZodObject>(schema: Schema, secretNames: readonly string[]): Guard<z.output<Schema>> {
  return async (values, { options, stage }, run) => {
    const named = Object.entries(values);
    const textsOf = (isSecret: boolean) =>
      named.filter(([name]) => secretNames.includes(name) === isSecret).map(([, value]) => value);
    const mask = createMask(textsOf(true), textsOf(false));
    try {
      return await run(requireOutput(schema, values), mask);
    } catch (error) {
      throw sanitizeError(error, mask, stage(), options.signal);
    }
  };
}

/** Stored values as the schema gives them: another version of the connector may have stored them. */
function requireOutput<Schema extends z.ZodObject>(schema: Schema, values: FieldValues): z.output<Schema> {
  const output = schema.safeParse(values);
  if (output.success) return output.data;
  const names = new Set(output.error.issues.map((issue) => String(issue.path[0] ?? "all of them")));
  throw new ConnectionError("INVALID_FIELDS", "VALIDATE", `These fields cannot be used: ${[...names].join(", ")}.`);
}

function guardCall<Schema extends z.ZodObject>(
  schema: Schema,
  call: ConnectorCall<z.output<Schema>>,
): ConnectorCall<FieldValues> {
  // One call asks for both: its values are parsed once, and forgotten with them.
  const outputs = new WeakMap<FieldValues, z.output<Schema>>();
  const outputOf = (values: FieldValues) => {
    const output = outputs.get(values) ?? requireOutput(schema, values);
    outputs.set(values, output);
    return output;
  };
  return {
    ...call,
    baseUrl: (values) => call.baseUrl(outputOf(values)),
    inject: (values, accessToken) => call.inject(outputOf(values), accessToken),
  };
}

/** Test options that remember the stage that began last, for errors that do not know theirs. */
function watchStages(options: TestOptions): Use & { readonly options: TestOptions } {
  let stage: ConnectionStage = "VALIDATE";
  const onStage = (next: ConnectionStage) => {
    stage = next;
    options.onStage?.(next);
  };
  return { options: { ...options, onStage }, stage: () => stage };
}

function guardPull<Output, Row>(open: OpenReader<Output, Row>, guard: Guard<Output>): OpenReader<FieldValues, Row> {
  return (values, options) =>
    guard(values, { options, stage: () => "READ" }, async (output, mask) =>
      guardReader(await open(output, options), mask, options),
    );
}

function guardReader<Row>(reader: PullReader<Row>, mask: Mask, { signal }: UseOptions): PullReader<Row> {
  const guarded = async <Result>(read: () => Promise<Result>) => {
    try {
      return await read();
    } catch (error) {
      throw sanitizeError(error, mask, "READ", signal);
    }
  };
  return {
    upstreamKey: reader.upstreamKey,
    count: (changedSince) => guarded(() => reader.count(changedSince)),
    page: (request) => guarded(() => reader.page(request)),
    ids: (afterId, limit) => guarded(() => reader.ids(afterId, limit)),
  };
}
