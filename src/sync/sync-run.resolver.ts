import { Arg, Args, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root, Subscription } from "type-graphql";
import type { Viewer } from "../access/viewer.ts";
import { CredentialType } from "../credentials/credential.type.ts";
import type { CredentialRecord } from "../credentials/credential-access.ts";
import type { SyncRunModel } from "../database/generated/sqlite/models.ts";
import { type Connection, toConnection } from "../graphql/connection.ts";
import { type GraphqlContext, resolverOf } from "../graphql/context.ts";
import { type Loaded, RowLoader } from "../graphql/row-loader.ts";
import type { SyncResult } from "./sync-message.ts";
import { CancelSyncInput, SyncInput, SyncRunsArguments } from "./sync-run.input.ts";
import type { SyncRunService } from "./sync-run.service.ts";
import { CancelSyncPayload, SyncPayload, SyncRunConnection, SyncRunType } from "./sync-run.type.ts";

@Resolver(() => SyncRunType)
export class SyncRunResolver {
  constructor(private readonly service: SyncRunService) {}

  private readonly credentials = (viewer: Viewer) =>
    new RowLoader(async (ids: readonly string[]) => {
      const found = await this.service.findCredentials(viewer, ids);
      const byId = new Map(found.map((credential) => [credential.id, credential]));
      return ids.map((id) => byId.get(id) ?? null);
    });

  @Mutation(() => SyncPayload, {
    description: "Brings the contacts of an Odoo: all the first time, then what changed. Joins a run that is open.",
  })
  syncContactsFromOdoo(
    @Ctx() { viewer, signal }: GraphqlContext,
    @Arg("input", () => SyncInput, { nullable: true }) input?: SyncInput | null,
  ): Promise<SyncResult> {
    return this.service.sync(viewer, { ...input, resource: "CONTACTS" }, signal);
  }

  @Mutation(() => SyncPayload, {
    description: "Brings the products of an Odoo: all the first time, then what changed. Joins a run that is open.",
  })
  syncProductsFromOdoo(
    @Ctx() { viewer, signal }: GraphqlContext,
    @Arg("input", () => SyncInput, { nullable: true }) input?: SyncInput | null,
  ): Promise<SyncResult> {
    return this.service.sync(viewer, { ...input, resource: "PRODUCTS" }, signal);
  }

  @Mutation(() => SyncPayload, { name: "sync_contacts_from_odoo", deprecationReason: "Use syncContactsFromOdoo instead." })
  syncContactsByOldName(@Ctx() { viewer, signal }: GraphqlContext): Promise<SyncResult> {
    return this.service.sync(viewer, { resource: "CONTACTS" }, signal);
  }

  @Mutation(() => CancelSyncPayload, { nullable: true, description: "Ends an open run; what it has stored stays." })
  cancelSync(@Ctx() { viewer }: GraphqlContext, @Arg("input", () => CancelSyncInput) { id }: CancelSyncInput) {
    return this.service.cancel(viewer, id);
  }

  @Query(() => SyncRunType, { nullable: true })
  syncRun(@Ctx() { viewer }: GraphqlContext, @Arg("id", () => ID) id: string): Promise<SyncRunModel | null> {
    return this.service.findById(viewer, id);
  }

  @Query(() => SyncRunConnection, { description: "Newest first." })
  async syncRuns(
    @Ctx() { viewer }: GraphqlContext,
    @Args(() => SyncRunsArguments) request: SyncRunsArguments,
  ): Promise<Connection<SyncRunModel>> {
    return toConnection(await this.service.findPage(viewer, request), (run) => run.id);
  }

  @Subscription(() => SyncRunType, {
    description: "The run now, and every change of it until it ends.",
    subscribe: ({ args, context }: { args: { id: string }; context: GraphqlContext }) =>
      resolverOf(context, SyncRunResolver).watch(context, args.id),
  })
  syncRunProgress(@Root() run: SyncRunModel, @Arg("id", () => ID) _id: string): SyncRunModel {
    return run;
  }

  watch({ viewer, signal }: GraphqlContext, id: string): Promise<AsyncIterable<SyncRunModel>> {
    return this.service.watch(viewer, id, signal);
  }

  @FieldResolver(() => CredentialType, { nullable: true, description: "Null when the viewer may not see it." })
  credential(@Root() { credentialId }: SyncRunModel, @Ctx() { loaders }: GraphqlContext): Loaded<CredentialRecord | null> {
    return loaders.get(this.credentials).load(credentialId);
  }
}
