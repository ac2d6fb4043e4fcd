import { count } from "./common.ts";

/** The pages of what syncs brought: contacts and products. */
export const rows = {
  contacts: {
    title: "Contacts",
    description: "People and companies as Odoo had them at the last sync.",
    search: "Search contacts",
    emptyTitle: "No contacts yet",
    empty: "Sync the contacts of your Odoo once; they are here then, searchable, and each sync brings what changed.",
    file: "contacts",
  },
  products: {
    title: "Products",
    description: "Products as Odoo had them at the last sync.",
    search: "Search products",
    emptyTitle: "No products yet",
    empty: "Sync the products of your Odoo once; they are here then, searchable, and each sync brings what changed.",
    file: "products",
  },
  credential: "From",
  order: "Sort",
  orders: {
    number: "As numbered in Odoo",
    name: "Name, A to Z",
    nameBackwards: "Name, Z to A",
    newest: "Newest change first",
    oldest: "Oldest change first",
  },
  toSync: "Go to sync",
  noneFoundTitle: "Nothing fits",
  noneFound: (search: string) => `Nothing has “${search}” in one of its texts. Letter case and accents do not matter.`,
  clearSearch: "Clear the search",
  archived: "Archived",
  company: "Company",
  person: "Person",
  none: "–",
  columns: {
    id: "Number in Odoo",
    name: "Name",
    email: "E-mail",
    phone: "Phone",
    kind: "Kind",
    sku: "Reference",
    price: "Price",
    isActive: "Active",
    changed: "Changed in Odoo",
    synced: "Brought here",
  },
  export: {
    start: "Export CSV",
    stop: "Stop",
    title: "Export",
    progress: (done: number, all: number | null) =>
      all === null ? count(done, "row", "rows") : `${done.toLocaleString("en")} of ${count(all, "row", "rows")}`,
    done: (number: number) => `${count(number, "row", "rows")} exported.`,
    safe: "Cells that a spreadsheet would run as a formula begin with an apostrophe.",
  },
} as const;
