import { LinkButton } from "../../parts/button.tsx";
import { EmptyState } from "../../parts/surface.tsx";
import { texts } from "../../texts/texts.ts";

const { detail, toList } = texts.credentials;

/** Where a credential should be and is not. */
export function NoSuchCredential() {
  return (
    <EmptyState icon="search" title={detail.notFoundTitle} action={<LinkButton to="/credentials">{toList}</LinkButton>}>
      {detail.notFound}
    </EmptyState>
  );
}
