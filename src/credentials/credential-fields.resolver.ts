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
import type { ReadableVersion } from "./credential-descriptions.ts";
import type { CredentialSummary, Paged, TestSummary } from "./credential-page.repository.ts";

/** What a summary of a page serves, with all that is not of a credential or its test; for any other field the whole is read. */
const SUMMARY_FIELDS: ReadonlySet<string> = new Set([
  ...["__typename", "credentials", "totalCount", "pageInfo", "hasNextPage", "hasPreviousPage", "startCursor", "endCursor"],
  ...["edges", "cursor", "node", "nodes", "id", "project", "label", "status", "version", "connector", "name"],
  ...["lastTest", "outcome", "message", "testedAt"],
]);

function isServedBySummary(names: ReadonlySet<string>): boolean {
  for (const name of names) if (!SUMMARY_FIELDS.has(name)) return false;
  return true;
}

/** Lists of credentials, and what hangs on each: it comes from a loader, one query for a whole page. */
@Resolver(() => CredentialType)
export class CredentialFieldsResolver {
  constructor(private readonly service: CredentialService) {}

  private readonly descriptions = () =>
    new RowLoader((credentials: readonly CredentialSummary[]) => this.service.describeVersions(credentials));
  private readonly histories = () => new RowLoader((ids: readonly string[]) => this.service.findHistories(ids));
  private readonly tests = () =>
    new RowLoader<string, ConnectionTestType | TestSummary | null>(async (ids) =>
      (await this.service.findTests(ids)).map((test) => toConnectionTest(test)),
    );
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
  ): Promise<Connection<CredentialSummary>> {
    const filter = {
      connectorId: connector ?? undefined,
      project: project ?? undefined,
      // Each once: a statement is kept for every number of them.
      statuses: statuses == null ? undefined : [...new Set(statuses.map(requireStoredStatus))],
    };
    const names = fieldNamesWithin(info);
    const found = await this.service.findPage(viewer, filter, page, isServedBySummary(names) ? "SUMMARY" : "WHOLE");
    await this.#noteBeside(loaders, found.rows, names);
    return toConnection({ ...found, rows: found.rows.map(({ credential }) => credential) }, ({ id }) => id);
  }

  @FieldResolver(() => ConnectorType)
  connector(@Root() credential: CredentialSummary): ConnectorShape {
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
  status(@Root() credential: CredentialSummary, @Ctx() { loaders }: GraphqlContext): Loaded<CredentialStatus> {
    const description = loaders.get(this.descriptions).load(credential);
    return whenLoaded(description, ({ isReadable }) => (isReadable ? credential.status : "UNREADABLE"));
  }

  @FieldResolver(() => [CredentialFieldType], {
    description: "Every field of the connector. A secret field tells only whether it is set.",
  })
  fields(@Root() credential: CredentialSummary, @Ctx() { loaders }: GraphqlContext): Loaded<CredentialFieldType[]> {
    const { fields } = this.service.connectorOf(credential);
    return whenLoaded(loaders.get(this.descriptions).load(credential), ({ publicFields, secretNames }) =>
      fields.map(({ name, isSecret }) => {
        const value = isSecret ? null : (publicFields[name] ?? null);
        return { name, isSecret, value, isSet: isSecret ? secretNames.includes(name) : value !== null };
      }),
    );
  }

  @FieldResolver(() => [CredentialVersionType], { description: "The versions that are kept, newest first." })
  versions(@Root() { id }: CredentialSummary, @Ctx() { loaders }: GraphqlContext): Loaded<CredentialVersionType[]> {
    return loaders.get(this.histories).load(id);
  }

  @FieldResolver(() => ConnectionTestType, { nullable: true })
  lastTest(
    @Root() { lastTestId }: CredentialSummary,
    @Ctx() { loaders }: GraphqlContext,
  ): Loaded<ConnectionTestType | TestSummary | null> {
    return lastTestId === null ? null : loaders.get(this.tests).load(lastTestId);
  }

  /** What hangs on each credential of a page, as far as the operation asks for it. */
  async #noteBeside(loaders: LoaderScope, page: readonly Paged[], names: ReadonlySet<string>): Promise<void> {
    const tests = loaders.get(this.tests);
    for (const { credential, lastTest } of page) {
      if (credential.lastTestId === null) continue;
      tests.note(credential.lastTestId, lastTest !== null && "details" in lastTest ? toConnectionTest(lastTest) : lastTest);
    }
    if (!names.has("status") && !names.has("fields")) return;
    const descriptions = loaders.get(this.descriptions);
    const described = await this.service.describePage(page);
    for (const [place, { credential }] of page.entries()) descriptions.note(credential, described[place] as ReadableVersion);
  }
}
