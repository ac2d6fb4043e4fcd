import { GraphiQL } from "graphiql";
import { buildSchema } from "graphql";
import { createRoot } from "react-dom/client";
import schemaText from "../../../schema.graphql?raw";
import "graphiql/style.css";
import "./playground.css";
import { EXAMPLES } from "./examples.ts";
import { createFetcher } from "./fetcher.ts";
import { createMemoryStorage } from "./memory-storage.ts";

// The schema comes with the page, so its documentation is there before anybody signs in.
const schema = buildSchema(schemaText);
const fetcher = createFetcher();
const storage = createMemoryStorage();

const root = document.getElementById("playground");
if (root !== null) {
  createRoot(root).render(
    <GraphiQL
      fetcher={fetcher}
      schema={schema}
      storage={storage}
      // Of the tab that is open at first GraphiQL takes the query alone.
      variables={EXAMPLES[0]?.variables ?? ""}
      defaultTabs={EXAMPLES.map(({ query, variables = null, headers = null }) => ({ query, variables, headers }))}
      defaultEditorToolsVisibility="variables"
      showPersistHeadersSettings={false}
    />,
  );
}
