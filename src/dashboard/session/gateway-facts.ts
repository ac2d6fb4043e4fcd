import { useEffect, useState } from "react";
import { send } from "../client/send.ts";
import { GatewayFactsDocument, type GatewayFactsQuery } from "../gql/graphql.ts";

export type GatewayFacts = GatewayFactsQuery["gateway"];

let asked: Promise<GatewayFacts | null> | null = null;

/** What the gateway tells everybody; null until it is known. */
export function useGatewayFacts(): GatewayFacts | null {
  const [facts, setFacts] = useState<GatewayFacts | null>(null);
  useEffect(() => {
    asked ??= send(GatewayFactsDocument, {}).then(
      ({ data }) => data?.gateway ?? null,
      () => {
        asked = null;
        return null;
      },
    );
    void asked.then(setFacts);
  }, []);
  return facts;
}
