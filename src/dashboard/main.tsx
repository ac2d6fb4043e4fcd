import "./styles/tokens.css";
import "./styles/base.css";
import { CSPProvider } from "@base-ui/react/csp-provider";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router";
import { fetchPages } from "./pages.ts";
import { whenIdle } from "./parts/use-idle.ts";
import { router } from "./routes.tsx";
import { startTheme } from "./shell/theme.ts";

startTheme();
whenIdle(() => void fetchPages());

const root = document.getElementById("dashboard");
if (root !== null) {
  createRoot(root).render(
    // The content policy allows no style element; what such elements would say stands in our own style sheets.
    <CSPProvider disableStyleElements>
      <RouterProvider router={router} />
    </CSPProvider>,
  );
}
