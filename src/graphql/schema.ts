import { GraphQLSchema, lexicographicSortSchema, printSchema } from "graphql";
import { GraphQLDateTime } from "graphql-scalars";
import { buildSchemaSync, type NonEmptyArray, type ResolverData } from "type-graphql";
import { AccountResolver } from "../access/account.resolver.ts";
import { SecondFactorResolver } from "../access/second-factor.resolver.ts";
import { ServiceTokenResolver } from "../access/service-token.resolver.ts";
import { SessionResolver } from "../access/session.resolver.ts";
import { UserResolver } from "../access/user.resolver.ts";
import { UserAdministrationResolver } from "../access/user-administration.resolver.ts";
import { KeyAdministrationResolver } from "../administration/key-administration.resolver.ts";
import { SettingsResolver } from "../administration/settings.resolver.ts";
import { UsageResolver } from "../administration/usage.resolver.ts";
import { AuditChainResolver } from "../audit/audit-chain.resolver.ts";
import { AuditEventResolver } from "../audit/audit-event.resolver.ts";
import { AccessTokenResolver } from "../credentials/access-token.resolver.ts";
import { ConnectionTestResolver } from "../credentials/connection-test.resolver.ts";
import { toConnectionTest } from "../credentials/connection-test.type.ts";
import { ConnectorResolver } from "../credentials/connector.resolver.ts";
import { CredentialResolver } from "../credentials/credential.resolver.ts";
import { CredentialFieldsResolver } from "../credentials/credential-fields.resolver.ts";
import { CredentialMovingResolver } from "../credentials/credential-moving.resolver.ts";
import { CredentialSavingResolver } from "../credentials/credential-saving.resolver.ts";
import { UpstreamCallResolver } from "../credentials/upstream-call.resolver.ts";
import { ProjectResolver } from "../projects/project.resolver.ts";
import { ProjectViewResolver } from "../projects/project-view.resolver.ts";
import type { Services } from "../services.ts";
import { ContactResolver } from "../sync/contact.resolver.ts";
import { ProductResolver } from "../sync/product.resolver.ts";
import { SyncRunResolver } from "../sync/sync-run.resolver.ts";
import { type GraphqlContext, type ResolverInstances, resolverOf } from "./context.ts";
import { ErrorCodeType } from "./error-code.ts";
import { NodeResolver } from "./node.resolver.ts";
import { NodeFinder } from "./node-finder.ts";

type ResolverClass = abstract new (...services: never[]) => object;

/** What resolvers are made over. */
export type ResolverServices = Pick<
  Services,
  | "access"
  | "auditChains"
  | "auditEvents"
  | "credentials"
  | "keyAdministration"
  | "projects"
  | "settings"
  | "sync"
  | "upstreamUse"
  | "usage"
>;

/** Every resolver of the API with the one service it stands on: the one list of them. */
const MAKERS: readonly (readonly [ResolverClass, (services: ResolverServices) => object])[] = [
  [NodeResolver, (services) => new NodeResolver(createNodeFinder(services))],
  [SessionResolver, ({ access }) => new SessionResolver(access.sessions)],
  [UserResolver, ({ access }) => new UserResolver(access.users)],
  [AccountResolver, ({ access }) => new AccountResolver(access.account)],
  [SecondFactorResolver, ({ access }) => new SecondFactorResolver(access.secondFactors)],
  [UserAdministrationResolver, ({ access }) => new UserAdministrationResolver(access.administration)],
  [ServiceTokenResolver, ({ access }) => new ServiceTokenResolver(access.serviceTokens)],
  [AuditEventResolver, ({ auditEvents }) => new AuditEventResolver(auditEvents)],
  [AuditChainResolver, ({ auditChains }) => new AuditChainResolver(auditChains)],
  [KeyAdministrationResolver, ({ keyAdministration }) => new KeyAdministrationResolver(keyAdministration)],
  [SettingsResolver, ({ settings }) => new SettingsResolver(settings)],
  [UsageResolver, ({ usage }) => new UsageResolver(usage)],
  [ConnectorResolver, ({ credentials }) => new ConnectorResolver(credentials.credentials)],
  [CredentialResolver, ({ credentials }) => new CredentialResolver(credentials.credentials)],
  [CredentialFieldsResolver, ({ credentials }) => new CredentialFieldsResolver(credentials.credentials)],
  [CredentialSavingResolver, ({ credentials }) => new CredentialSavingResolver(credentials.saving)],
  [CredentialMovingResolver, ({ credentials }) => new CredentialMovingResolver(credentials.moving)],
  [ConnectionTestResolver, ({ credentials }) => new ConnectionTestResolver(credentials.tests)],
  [AccessTokenResolver, ({ upstreamUse }) => new AccessTokenResolver(upstreamUse.accessTokens)],
  [UpstreamCallResolver, ({ upstreamUse }) => new UpstreamCallResolver(upstreamUse.calls)],
  [SyncRunResolver, ({ sync }) => new SyncRunResolver(sync.runs)],
  [ContactResolver, ({ sync }) => new ContactResolver(sync.contacts)],
  [ProductResolver, ({ sync }) => new ProductResolver(sync.products)],
  [ProjectResolver, ({ projects }) => new ProjectResolver(projects.projects)],
  [ProjectViewResolver, ({ projects }) => new ProjectViewResolver(projects.projects)],
];

/** An instance of every resolver. */
export function createResolvers(services: ResolverServices): ResolverInstances {
  return new Map(MAKERS.map(([resolver, make]) => [resolver, make(services)]));
}

function createNodeFinder({ access, auditEvents, credentials, projects, sync }: ResolverServices): NodeFinder {
  return new NodeFinder({
    user: async (viewer, id) => (await access.users.findVisible(viewer, [id]))[0] ?? null,
    credential: (viewer, id) => credentials.credentials.findById(viewer, id),
    test: async (viewer, id) => toConnectionTest(await credentials.credentials.findTestById(viewer, id)),
    run: (viewer, id) => sync.runs.findById(viewer, id),
    contact: (viewer, id) => sync.contacts.findById(viewer, id),
    product: (viewer, id) => sync.products.findById(viewer, id),
    project: (viewer, id) => projects.projects.findById(viewer, id),
    event: (viewer, id) => auditEvents.findById(viewer, id),
    session: (viewer, id) => access.account.findSession(viewer, id),
    token: (viewer, id) => access.serviceTokens.findById(viewer, id),
  });
}

/** type-graphql wants one as soon as there is a subscription; each of ours brings its own `subscribe` instead. */
const NO_PUB_SUB = {
  publish: () => {},
  subscribe: () => {
    throw new Error("A subscription here brings its own `subscribe`.");
  },
};

function buildGatewaySchema(): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: MAKERS.map(([resolver]) => resolver) as unknown as NonEmptyArray<() => void>,
    container: { get: (resolver, { context }: ResolverData<GraphqlContext>) => resolverOf(context, resolver as ResolverClass) },
    scalarsMap: [{ type: Date, scalar: GraphQLDateTime }],
    validate: false,
    // It would run a whole introspection at every start; a test does.
    skipCheck: true,
    pubSub: NO_PUB_SUB,
  });
  const config = schema.toConfig();
  return new GraphQLSchema({ ...config, types: [...config.types, ErrorCodeType] });
}

let built: GraphQLSchema | undefined;

/** The schema: the same for every gateway of the process, since the resolvers that answer come with each request's context. */
export function gatewaySchema(): GraphQLSchema {
  built ??= buildGatewaySchema();
  return built;
}

/** The schema as `schema.graphql` holds it: sorted, so that a change shows as itself alone. */
export function printGatewaySchema(schema: GraphQLSchema): string {
  return `${printSchema(lexicographicSortSchema(schema))}\n`;
}
