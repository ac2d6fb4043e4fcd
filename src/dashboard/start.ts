import { pageAt } from "./pages.ts";
import { session } from "./session/session.ts";

/*
 * The first script, a small one: while the libraries are still on their way, it asks who is here and sends for the page
 * that the address names.
 */
void session.start();
void pageAt(window.location.pathname)?.().catch(() => {
  // The router asks for the page again, and shows what is wrong.
});
void import("./main.tsx");
