import DataLoader from "dataloader";
import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { UserRecord } from "../access/user.repository.ts";
import { UserType } from "../access/user.type.ts";
import type { Viewer } from "../access/viewer.ts";
import type { CredentialModel } from "../database/generated/sqlite/models.ts";
import type { GraphqlContext } from "../graphql/context.ts";
import { ConnectionTestType, toConnectionTest } from "./connection-test.type.ts";
import { ConnectorType } from "./connector.type.ts";
import type { ConnectorShape, CredentialService } from "./credential.service.ts";
import {
  CredentialFieldType,
  CredentialSourceEnum,
  type CredentialStatus,
  CredentialStatusEnum,
  CredentialType,
  CredentialVersionType,
} from "./credential.type.ts";
import type { CredentialSource } from "./credential-access.ts";

/** What hangs on a credential: each of these comes from a loader, one query for a whole page. */
@Resolver(() => CredentialType)
export class CredentialFieldsResolver {
  constructor(private readonly service: CredentialService) {}

  private readonly descriptions = () =>
    new DataLoader((credentials: readonly CredentialModel[]) => this.service.describeVersions(credentials));
  private readonly histories = () => new DataLoader((ids: readonly string[]) => this.service.findHistories(ids));
  private readonly tests = () => new DataLoader((ids: readonly string[]) => this.service.findTests(ids));
  private readonly owners = (viewer: Viewer) => new DataLoader((ids: readonly string[]) => this.service.findOwners(viewer, ids));

  @FieldResolver(() => ConnectorType)
  connector(@Root() credential: CredentialModel): ConnectorShape {
    return this.service.connectorOf(credential);
  }

  @FieldResolver(() => UserType, { nullable: true, description: "Null for a system default." })
  owner(@Root() { ownerId }: CredentialModel, @Ctx() { loaders }: GraphqlContext): Promise<UserRecord | null> | null {
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
  async status(@Root() credential: CredentialModel, @Ctx() { loaders }: GraphqlContext): Promise<CredentialStatus> {
    const { isReadable } = await loaders.get(this.descriptions).load(credential);
    return isReadable ? credential.status : "UNREADABLE";
  }

  @FieldResolver(() => [CredentialFieldType], {
    description: "Every field of the connector. A secret field tells only whether it is set.",
  })
  async fields(@Root() credential: CredentialModel, @Ctx() { loaders }: GraphqlContext): Promise<CredentialFieldType[]> {
    const { publicFields, secretNames } = await loaders.get(this.descriptions).load(credential);
    return this.service.connectorOf(credential).fields.map(({ name, isSecret }) => {
      const value = isSecret ? null : (publicFields[name] ?? null);
      return { name, isSecret, value, isSet: isSecret ? secretNames.includes(name) : value !== null };
    });
  }

  @FieldResolver(() => [CredentialVersionType], { description: "The versions that are kept, newest first." })
  versions(@Root() { id }: CredentialModel, @Ctx() { loaders }: GraphqlContext): Promise<CredentialVersionType[]> {
    return loaders.get(this.histories).load(id);
  }

  @FieldResolver(() => ConnectionTestType, { nullable: true })
  async lastTest(
    @Root() { lastTestId }: CredentialModel,
    @Ctx() { loaders }: GraphqlContext,
  ): Promise<ConnectionTestType | null> {
    return lastTestId === null ? null : toConnectionTest(await loaders.get(this.tests).load(lastTestId));
  }
}
