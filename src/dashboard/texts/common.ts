// Made with the first count, not with the page.
let plural: Intl.PluralRules | undefined;

/** "1 row", "2 rows": the number as English writes it, with the fitting word. */
export function count(number: number, one: string, many: string): string {
  plural ??= new Intl.PluralRules("en");
  return `${number.toLocaleString("en")} ${plural.select(number) === "one" ? one : many}`;
}

/** What the frame of the pages and the shared parts say. */
export const common = {
  product: "Postern",
  skipToContent: "Skip to the content",
  navigation: {
    label: "Main",
    open: "Open the menu",
    close: "Close the menu",
    portal: "Portal",
    credentials: "Credentials",
    sync: "Sync",
    contacts: "Contacts",
    products: "Products",
    activity: "Activity",
    administration: "Administration",
    playground: "Playground",
    account: "Account",
    needsAttention: (number: number) => `${count(number, "credential needs", "credentials need")} attention`,
  },
  userMenu: { label: (username: string) => `Account of ${username}`, account: "Your account", signOut: "Sign out" },
  theme: { label: "Theme", system: "As the system", light: "Light", dark: "Dark" },
  actions: {
    cancel: "Cancel",
    close: "Close",
    copy: "Copy",
    copied: "Copied",
    delete: "Delete",
    edit: "Edit",
    retry: "Try again",
    reload: "Reload",
    save: "Save",
    search: "Search",
    clear: "Clear",
    showPassword: "Show",
    hidePassword: "Hide",
    more: "More",
    showMore: "Show more",
    next: "Next",
    previous: "Previous",
  },
  loading: "Loading…",
  pager: {
    label: "Pages",
    range: (first: number, last: number, all: number | null) => {
      if (all === 0) return "None";
      const shown = `${first.toLocaleString("en")}–${last.toLocaleString("en")}`;
      return all === null ? shown : `${shown} of ${all.toLocaleString("en")}`;
    },
  },
  required: "required",
  optional: "optional",
  never: "never",
  mistyped: (text: string) => `Type exactly “${text}”.`,
  problems: {
    title: "That did not work",
    away: "Postern does not answer. Check that it is running and reachable, then try again. What you typed is still here.",
    internal: (id: string) =>
      `Postern failed, not you. Try again; if it stays so, give your administrator this number: ${id || "none"}.`,
    rateLimited: (seconds: number) => `Too many attempts. Wait ${count(seconds, "second", "seconds")}, then try again.`,
    unavailable: (said: string) => `${said.replace(/ Try again\.$/, "")} Nothing was changed; try again in a moment.`,
    unauthenticated: "You are not signed in any more. Sign in and try again.",
    notFoundTitle: "There is no such page",
    notFoundHere: "Nothing is at this address",
    notFound: "It may be mistyped, or what it showed is gone.",
    notFoundAction: "To the portal",
    crashedTitle: "This page broke",
    crashed: "What you did elsewhere is not affected. Reload the page; if it breaks again, tell your administrator.",
  },
  away: { title: "Postern does not answer", text: "It may be starting anew. This page goes on as soon as it is back." },
  unsaved: {
    title: "Leave what you typed?",
    text: "It is not saved, and will be lost.",
    leave: "Leave",
  },
  expired: {
    title: "Your session has ended",
    text: (username: string) => `Nothing on this page is lost. Type the password of ${username} to go on where you were.`,
    password: "Password",
    submit: "Go on",
    signOut: "Sign out instead",
  },
  confirm: {
    title: "Is it you?",
    text: "This shows or changes something sensitive, and you gave your password more than five minutes ago.",
    submit: "Confirm",
  },
} as const;
