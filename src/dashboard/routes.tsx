import { createBrowserRouter } from "react-router";
import { SessionGate, Starting } from "./session/session-gate.tsx";
import { CrashedPage, NotFoundPage } from "./shell/error-pages.tsx";
import { Shell } from "./shell/shell.tsx";

/**
 * Every page by its address, each in a script of its own that is loaded when it is opened. Below SessionGate somebody is
 * signed in. An address outside PAGE_PATHS of src/http/pages.ts works by links alone: a reload would be 404.
 */
export const router = createBrowserRouter([
  {
    errorElement: <CrashedPage />,
    hydrateFallbackElement: <Starting />,
    children: [
      { path: "/sign-in", lazy: async () => ({ Component: (await import("./pages/sign-in/sign-in.tsx")).SignInPage }) },
      { path: "/sign-up", lazy: async () => ({ Component: (await import("./pages/sign-in/sign-up.tsx")).SignUpPage }) },
      {
        element: <SessionGate />,
        children: [
          {
            element: <Shell />,
            children: [
              {
                errorElement: <CrashedPage />,
                children: [
                  { path: "/", lazy: async () => ({ Component: (await import("./pages/portal/portal.tsx")).PortalPage }) },
                  {
                    path: "/credentials",
                    lazy: async () => ({ Component: (await import("./pages/credentials/list.tsx")).CredentialsPage }),
                  },
                  {
                    path: "/credentials/new",
                    lazy: async () => ({ Component: (await import("./pages/credentials/new.tsx")).NewCredentialPage }),
                  },
                  {
                    path: "/credentials/:id",
                    lazy: async () => ({ Component: (await import("./pages/credentials/detail.tsx")).CredentialPage }),
                  },
                  {
                    path: "/credentials/:id/edit",
                    lazy: async () => ({ Component: (await import("./pages/credentials/edit.tsx")).EditCredentialPage }),
                  },
                  {
                    path: "/account",
                    lazy: async () => ({ Component: (await import("./pages/account/account.tsx")).AccountPage }),
                  },
                  { path: "/sync", lazy: async () => ({ Component: (await import("./pages/sync/sync.tsx")).SyncPage }) },
                  {
                    path: "/contacts",
                    lazy: async () => ({ Component: (await import("./pages/data/contacts.tsx")).ContactsPage }),
                  },
                  {
                    path: "/products",
                    lazy: async () => ({ Component: (await import("./pages/data/products.tsx")).ProductsPage }),
                  },
                  {
                    path: "/activity",
                    lazy: async () => ({ Component: (await import("./pages/activity/activity.tsx")).ActivityPage }),
                  },
                  {
                    path: "/admin",
                    lazy: async () => ({ Component: (await import("./pages/admin/overview.tsx")).OverviewPage }),
                  },
                  {
                    path: "/admin/users",
                    lazy: async () => ({ Component: (await import("./pages/admin/users.tsx")).UsersPage }),
                  },
                  {
                    path: "/admin/tokens",
                    lazy: async () => ({ Component: (await import("./pages/admin/tokens.tsx")).TokensPage }),
                  },
                  {
                    path: "/admin/keys",
                    lazy: async () => ({ Component: (await import("./pages/admin/keys.tsx")).KeysPage }),
                  },
                  {
                    path: "/admin/system",
                    lazy: async () => ({ Component: (await import("./pages/admin/system.tsx")).SystemPage }),
                  },
                  { path: "*", element: <NotFoundPage /> },
                ],
              },
            ],
          },
        ],
      },
    ],
  },
]);
