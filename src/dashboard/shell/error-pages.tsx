import { Button, LinkButton } from "../parts/button.tsx";
import { Page } from "../parts/page.tsx";
import { EmptyState } from "../parts/surface.tsx";
import { texts } from "../texts/texts.ts";

/** For an address that no page has. */
export function NotFoundPage() {
  return (
    <Page title={texts.problems.notFoundTitle}>
      <EmptyState
        icon="search"
        title={texts.problems.notFoundHere}
        action={
          <LinkButton to="/" look="primary">
            {texts.problems.notFoundAction}
          </LinkButton>
        }
      >
        {texts.problems.notFound}
      </EmptyState>
    </Page>
  );
}

/** Instead of a page that failed to load or to show itself; the frame around it stays. */
export function CrashedPage() {
  return (
    <EmptyState
      icon="alert"
      title={texts.problems.crashedTitle}
      action={
        <Button look="primary" onClick={() => window.location.reload()}>
          {texts.actions.reload}
        </Button>
      }
    >
      {texts.problems.crashed}
    </EmptyState>
  );
}
