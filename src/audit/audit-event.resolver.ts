import { Args, Ctx, FieldResolver, Query, Resolver, Root } from "type-graphql";
import { type Connection, toConnection } from "../graphql/connection.ts";
import type { GraphqlContext } from "../graphql/context.ts";
import type { AuditEventService } from "./audit-event.service.ts";
import { AuditEventConnection, AuditEventDetailType, AuditEventsArguments, AuditEventType } from "./audit-event.type.ts";
import type { AuditRecord } from "./audit-record.ts";

@Resolver(() => AuditEventType)
export class AuditEventResolver {
  readonly #events: AuditEventService<GraphqlContext["viewer"]>;

  constructor(events: AuditEventService<GraphqlContext["viewer"]>) {
    this.#events = events;
  }

  @Query(() => AuditEventConnection, {
    description: "What the caller did and what happened to their things, newest first; everything for an auditor.",
  })
  async auditEvents(
    @Ctx() { viewer }: GraphqlContext,
    @Args(() => AuditEventsArguments) { first, after, order, ...filter }: AuditEventsArguments,
  ): Promise<Connection<AuditRecord>> {
    return toConnection(await this.#events.findPage(viewer, filter, { first, after }, order), (event) => event.id);
  }

  @FieldResolver(() => [AuditEventDetailType])
  details(@Root() event: AuditRecord): AuditEventDetailType[] {
    const details = JSON.parse(event.details) as Record<string, string | number | boolean | null>;
    return Object.entries(details).map(([name, value]) => ({ name, value: String(value) }));
  }
}
