import { GraphQLDateTime } from "graphql-scalars";
import { Arg, Ctx, Mutation, Query, Resolver } from "type-graphql";
import type { GraphqlContext } from "../graphql/context.ts";
import type { AuditChainService, AuditCount, AuditInterval, ChainState, TrailVerification } from "./audit-chain.service.ts";
import { AuditChainType, AuditCountType, AuditIntervalEnum, AuditVerificationType } from "./audit-chain.type.ts";

@Resolver()
export class AuditChainResolver {
  readonly #chains: AuditChainService<GraphqlContext["viewer"]>;

  constructor(chains: AuditChainService<GraphqlContext["viewer"]>) {
    this.#chains = chains;
  }

  @Query(() => [AuditChainType], { description: "The hundred chains that began last, newest first." })
  auditChains(@Ctx() { viewer }: GraphqlContext): Promise<readonly ChainState[]> {
    return this.#chains.findChains(viewer);
  }

  @Query(() => AuditVerificationType, { nullable: true, description: "The verification that runs, or ran last, on this node." })
  auditVerification(@Ctx() { viewer }: GraphqlContext): TrailVerification | null {
    return this.#chains.findVerification(viewer);
  }

  @Query(() => [AuditCountType], { description: "Events by hour or day, action and outcome; hours without any are left out." })
  auditStatistics(
    @Ctx() { viewer }: GraphqlContext,
    @Arg("from", () => GraphQLDateTime, { nullable: true, description: "Thirty days before `to` when left out." }) from?: Date,
    @Arg("to", () => GraphQLDateTime, { nullable: true, description: "Not included; now when left out." }) to?: Date,
    @Arg("interval", () => AuditIntervalEnum, { defaultValue: "DAY" }) interval: AuditInterval = "DAY",
  ): Promise<readonly AuditCount[]> {
    return this.#chains.count(viewer, { from, to }, interval);
  }

  @Mutation(() => AuditVerificationType, {
    nullable: true,
    description:
      "Verifies the whole trail. What takes more than two seconds goes on, and `auditVerification` tells how far it is.",
  })
  verifyAuditChain(@Ctx() { viewer }: GraphqlContext): Promise<TrailVerification | null> {
    return this.#chains.verify(viewer);
  }
}
