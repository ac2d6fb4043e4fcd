import { createBrowserRouter, type RouteObject } from "react-router";
import { PAGES, type PageAddress } from "./pages.ts";
import { SessionGate, Starting } from "./session/session-gate.tsx";
import { CrashedPage, NotFoundPage } from "./shell/error-pages.tsx";
import { Shell } from "./shell/shell.tsx";

/** What everybody may see. */
const ENTRIES: readonly PageAddress[] = ["/sign-in", "/sign-up"];

const routeOf = (path: PageAddress): RouteObject => ({ path, lazy: async () => ({ Component: await PAGES[path]() }) });
const others = (Object.keys(PAGES) as PageAddress[]).filter((address) => !ENTRIES.includes(address));

/** The pages, and what stands around them: below SessionGate somebody is signed in. */
export const router = createBrowserRouter([
  {
    errorElement: <CrashedPage />,
    hydrateFallbackElement: <Starting />,
    children: [
      ...ENTRIES.map(routeOf),
      {
        element: <SessionGate />,
        children: [
          {
            element: <Shell />,
            children: [
              { errorElement: <CrashedPage />, children: [...others.map(routeOf), { path: "*", element: <NotFoundPage /> }] },
            ],
          },
        ],
      },
    ],
  },
]);
