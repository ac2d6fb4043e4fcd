import { GraphQLDateTime } from "graphql-scalars";
import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { Viewer } from "../access/viewer.ts";
import { ConnectorType } from "../credentials/connector.type.ts";
import type { ConnectorShape } from "../credentials/credential.service.ts";
import type { GraphqlContext } from "../graphql/context.ts";
import { type Loaded, RowLoader } from "../graphql/row-loader.ts";
import type { ProjectRecord } from "./project.repository.ts";
import type { ProjectService } from "./project.service.ts";
import { ProjectType, RequiredConnectorType } from "./project.type.ts";

/** What a project looks like to the viewer who asks. */
@Resolver(() => ProjectType)
export class ProjectViewResolver {
  constructor(private readonly service: ProjectService) {}

  private readonly missing = (viewer: Viewer) =>
    new RowLoader((projects: readonly ProjectRecord[]) => this.service.findMissingConnectors(viewer, projects));

  @FieldResolver(() => String, { nullable: true, description: "Opens the project for the viewer." })
  launchUrl(@Root() project: ProjectRecord, @Ctx() { viewer }: GraphqlContext): string | null {
    return this.service.launchUrlFor(viewer, project);
  }

  @FieldResolver(() => Boolean, {
    nullable: true,
    description: "At most some minutes old; null without a health URL, or while nothing is known yet.",
  })
  async isReachable(@Root() project: ProjectRecord): Promise<boolean | null> {
    return (await this.service.findHealth(project))?.isReachable ?? null;
  }

  @FieldResolver(() => GraphQLDateTime, { nullable: true })
  async healthCheckedAt(@Root() project: ProjectRecord): Promise<Date | null> {
    return (await this.service.findHealth(project))?.checkedAt ?? null;
  }

  @FieldResolver(() => String, { nullable: true, description: "What the health check found, in words; for administrators." })
  async healthMessage(@Root() project: ProjectRecord, @Ctx() { viewer }: GraphqlContext): Promise<string | null> {
    return this.service.mayChange(viewer) ? ((await this.service.findHealth(project))?.message ?? null) : null;
  }

  @FieldResolver(() => String, { nullable: true, description: "For administrators." })
  healthUrl(@Root() project: ProjectRecord, @Ctx() { viewer }: GraphqlContext): string | null {
    return this.service.mayChange(viewer) ? project.healthUrl : null;
  }

  @FieldResolver(() => String, { nullable: true, description: "The launch URL with its `{username}`; for administrators." })
  launchUrlTemplate(@Root() project: ProjectRecord, @Ctx() { viewer }: GraphqlContext): string | null {
    return this.service.mayChange(viewer) ? project.launchUrl : null;
  }

  @FieldResolver(() => [RequiredConnectorType])
  requiredConnectors(@Root() project: ProjectRecord): RequiredConnectorType[] {
    return this.service.requiredConnectorsOf(project);
  }

  @FieldResolver(() => [ConnectorType], {
    description: "Connectors that the project needs and the viewer has no working credential for.",
  })
  missingConnectors(@Root() project: ProjectRecord, @Ctx() { loaders }: GraphqlContext): Loaded<ConnectorShape[]> {
    return loaders.get(this.missing).load(project);
  }
}
