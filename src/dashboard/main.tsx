import "./styles/tokens.css";
import "./styles/base.css";
import { CSPProvider } from "@base-ui/react/csp-provider";
import { createRoot } from "react-dom/client";
import { RouterProvider } from "react-router";
import { router } from "./routes.tsx";
import { startTheme } from "./shell/theme.ts";

startTheme();

const root = document.getElementById("dashboard");
if (root !== null) {
  createRoot(root).render(
    // The content policy allows no style element; what such elements would say stands in our own style sheets.
    <CSPProvider disableStyleElements>
      <RouterProvider router={router} />
    </CSPProvider>,
  );
}
