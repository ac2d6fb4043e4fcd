import type { CodegenConfig } from "@graphql-codegen/cli";

// Documents are constant texts with variables: the server parses and validates each once, and the types come from them.
const config: CodegenConfig = {
  schema: "schema.graphql",
  importExtension: ".ts",
  documents: ["test/api/documents.ts"],
  generates: {
    "test/api/gql/": {
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
