import type { CodegenConfig } from "@graphql-codegen/cli";

// Documents are constant texts with variables: the server parses and validates each once, and the types come from them.
const config: CodegenConfig = {
  schema: "schema.graphql",
  importExtension: ".ts",
  generates: {
    // Documents of the dashboard stand beside their pages; the pages import the constants that are made of them.
    "src/dashboard/gql/": {
      documents: ["src/dashboard/**/*.graphql"],
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        documentMode: "string",
        scalars: { DateTime: "string", ID: "string" },
        strictScalars: true,
      },
    },
    "test/api/gql/": {
      documents: ["test/api/documents.ts"],
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        documentMode: "string",
        scalars: { DateTime: "string" },
        strictScalars: true,
      },
    },
  },
};

export default config;
