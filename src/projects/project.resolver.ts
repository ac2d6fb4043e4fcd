import { Arg, Ctx, Mutation, Query, Resolver } from "type-graphql";
import type { GraphqlContext } from "../graphql/context.ts";
import { DeleteProjectInput, SaveProjectInput } from "./project.input.ts";
import type { ProjectRecord } from "./project.repository.ts";
import type { ProjectService } from "./project.service.ts";
import { DeleteProjectPayload, ProjectType, SaveProjectPayload } from "./project.type.ts";

@Resolver()
export class ProjectResolver {
  constructor(private readonly service: ProjectService) {}

  @Query(() => [ProjectType], { description: "The projects of the portal, in its order." })
  projects(
    @Ctx() { viewer }: GraphqlContext,
    @Arg("includeArchived", () => Boolean, { defaultValue: false, description: "For administrators." }) includeArchived: boolean,
  ): Promise<readonly ProjectRecord[]> {
    return this.service.list(viewer, { includeArchived });
  }

  @Mutation(() => SaveProjectPayload, { nullable: true, description: "For administrators." })
  async saveProject(@Ctx() { viewer }: GraphqlContext, @Arg("input", () => SaveProjectInput) input: SaveProjectInput) {
    return this.service.save(viewer, input);
  }

  @Mutation(() => DeleteProjectPayload, { nullable: true, description: "For administrators." })
  async deleteProject(@Ctx() { viewer }: GraphqlContext, @Arg("input", () => DeleteProjectInput) input: DeleteProjectInput) {
    return this.service.delete(viewer, input.id);
  }
}
