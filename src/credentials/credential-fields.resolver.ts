import type { GraphQLResolveInfo } from "graphql";
import { Arg, Args, Ctx, FieldResolver, ID, Info, Query, Resolver, Root } from "type-graphql";
import type { UserRecord } from "../access/user.repository.ts";
import { UserType } from "../access/user.type.ts";
import type { Viewer } from "../access/viewer.ts";
import type { CredentialModel } from "../database/generated/sqlite/models.ts";
import { type Connection, PageArguments, toConnection } from "../graphql/connection.ts";
import type { GraphqlContext, LoaderScope } from "../graphql/context.ts";
import { fieldNamesWithin } from "../graphql/document-fields.ts";
import { type Loaded, RowLoader, whenLoaded } from "../graphql/row-loader.ts";
import { ConnectionTestType, toConnectionTest } from "./connection-test.type.ts";
import { ConnectorType } from "./connector.type.ts";
import type { ConnectorShape, CredentialService } from "./credential.service.ts";
import {
  CredentialConnection,
  CredentialFieldType,
  CredentialSourceEnum,
  type CredentialStatus,
  CredentialStatusEnum,
  CredentialType,
  CredentialVersionType,
  requireStoredStatus,
} from "./credential.type.ts";
import type { CredentialSource } from "./credential-access.ts";

/** Lists of credentials, and what hangs on each: it comes from a loader, one query for a whole page. */
@Resolver(() => CredentialType)
export class CredentialFieldsResolver {
  constructor(private readonly service: CredentialService) {}

  private readonly descriptions = () =>
    new RowLoader((credentials: readonly CredentialModel[]) => this.service.describeVersions(credentials));
  private readonly histories = () => new RowLoader((ids: readonly string[]) => this.service.findHistories(ids));
  private readonly tests = () =>
    new RowLoader(async (ids: readonly string[]) => (await this.service.findTests(ids)).map((test) => toConnectionTest(test)));
  private readonly owners = (viewer: Viewer) => new RowLoader((ids: readonly string[]) => this.service.findOwners(viewer, ids));

  @Query(() => CredentialConnection, {
    description: "The viewer's own, oldest first; to an administrator the system defaults too.",
  })
  async credentials(
    @Ctx() { viewer, loaders }: GraphqlContext,
    @Info() info: GraphQLResolveInfo,
    @Args(() => PageArguments) page: PageArguments,
    @Arg("connector", () => ID, { nullable: true }) connector?: string | null,
    @Arg("project", () => String, { nullable: true }) project?: string | null,
    @Arg("statuses", () => [CredentialStatusEnum], { nullable: true, description: "Those in one of these; not UNREADABLE." })
    statuses?: CredentialStatus[] | null,
  ): Promise<Connection<CredentialModel>> {
    const filter = {
      connectorId: connector ?? undefined,
      project: project ?? undefined,
      // Each once: a statement is kept for every number of them.
      statuses: statuses == null ? undefined : [...new Set(statuses.map(requireStoredStatus))],
    };
    const found = await this.service.findPage(viewer, filter, page);
    await this.#loadAhead(loaders, found.rows, fieldNamesWithin(info));
    return toConnection(found, ({ id }) => id);
  }

  @FieldResolver(() => ConnectorType)
  connector(@Root() credential: CredentialModel): ConnectorShape {
    return this.service.connectorOf(credential);
  }

  @FieldResolver(() => UserType, { nullable: true, description: "Null for a system default." })
  owner(@Root() { ownerId }: CredentialModel, @Ctx() { loaders }: GraphqlContext): Loaded<UserRecord | null> {
    return ownerId === null ? null : loaders.get(this.owners).load(ownerId);
  }

  @FieldResolver(() => CredentialSourceEnum)
  source(@Root() { ownerId }: CredentialModel): CredentialSource {
    return ownerId === null ? "SYSTEM" : "USER";
  }

  @FieldResolver(() => Boolean, { description: "The one meant when only the connector is named." })
  isDefault(@Root() { defaultKey }: CredentialModel): boolean {
    return defaultKey !== null;
  }

  @FieldResolver(() => CredentialStatusEnum)
  status(@Root() credential: CredentialModel, @Ctx() { loaders }: GraphqlContext): Loaded<CredentialStatus> {
    const description = loaders.get(this.descriptions).load(credential);
    return whenLoaded(description, ({ isReadable }) => (isReadable ? credential.status : "UNREADABLE"));
  }

  @FieldResolver(() => [CredentialFieldType], {
    description: "Every field of the connector. A secret field tells only whether it is set.",
  })
  fields(@Root() credential: CredentialModel, @Ctx() { loaders }: GraphqlContext): Loaded<CredentialFieldType[]> {
    const { fields } = this.service.connectorOf(credential);
    return whenLoaded(loaders.get(this.descriptions).load(credential), ({ publicFields, secretNames }) =>
      fields.map(({ name, isSecret }) => {
        const value = isSecret ? null : (publicFields[name] ?? null);
        return { name, isSecret, value, isSet: isSecret ? secretNames.includes(name) : value !== null };
      }),
    );
  }

  @FieldResolver(() => [CredentialVersionType], { description: "The versions that are kept, newest first." })
  versions(@Root() { id }: CredentialModel, @Ctx() { loaders }: GraphqlContext): Loaded<CredentialVersionType[]> {
    return loaders.get(this.histories).load(id);
  }

  @FieldResolver(() => ConnectionTestType, { nullable: true })
  lastTest(@Root() { lastTestId }: CredentialModel, @Ctx() { loaders }: GraphqlContext): Loaded<ConnectionTestType | null> {
    return lastTestId === null ? null : loaders.get(this.tests).load(lastTestId);
  }

  /** What the operation asks for of each credential of a list. */
  async #loadAhead(loaders: LoaderScope, credentials: readonly CredentialModel[], names: ReadonlySet<string>): Promise<void> {
    const tested = names.has("lastTest") ? credentials.flatMap(({ lastTestId }) => lastTestId ?? []) : [];
    await Promise.all([
      names.has("status") || names.has("fields") ? loaders.get(this.descriptions).loadAhead(credentials) : null,
      tested.length > 0 ? loaders.get(this.tests).loadAhead(tested) : null,
    ]);
  }
}
