/** The first page: the projects. */
export const portal = {
  title: "Portal",
  description: "Your projects. Each runs with the keys that you keep here.",
  launch: "Launch",
  launchOf: (name: string) => `Launch ${name}`,
  reachable: "Reachable",
  unreachable: "Not reachable",
  unknown: "Not checked yet",
  checked: "Checked",
  ready: "Ready for you",
  needs: "Needs from you",
  add: (connector: string) => `Add ${connector}`,
  unreachableHint: "It does not answer just now; launching may fail.",
  emptyTitle: "No projects yet",
  empty: "A project is a system that people open from here with their own keys. An administrator adds them.",
  emptyForAdministrators:
    "A project is a system that people open from here with their own keys: a name, an address to open, and the connectors it needs. Add the first one under Administration.",
  emptyAction: "Meanwhile, add a credential",
  addProject: "Add a project",
} as const;
