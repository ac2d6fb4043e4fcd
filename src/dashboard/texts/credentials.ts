/** The credentials' pages. */
export const credentials = {
  title: "Credentials",
  mend: (connector: string, label: string) => `Mend ${connector} “${label}”`,
} as const;
