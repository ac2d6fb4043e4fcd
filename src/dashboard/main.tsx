import "./styles/tokens.css";
import "./styles/base.css";
import { CSPProvider } from "@base-ui/react/csp-provider";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router";
import { PAGES } from "./pages.ts";
import { whenIdle } from "./parts/use-idle.ts";
import { router } from "./routes.tsx";
import { startTheme } from "./shell/theme.ts";

startTheme();
void fetchPages();

const root = document.getElementById("dashboard");
if (root !== null) {
  createRoot(root).render(
    // The content policy allows no style element; what such elements would say stands in our own style sheets.
    <CSPProvider disableStyleElements>
      <RouterProvider router={router} />
    </CSPProvider>,
  );
}

/** The other pages' scripts, each in a moment of rest: what is clicked next is there already. */
async function fetchPages(): Promise<void> {
  for (const load of Object.values(PAGES)) {
    await new Promise<void>(whenIdle);
    await load().catch(() => null);
  }
}
