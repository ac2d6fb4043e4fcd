import { element, prose } from "./element.ts";
import type { OpenApiDocument } from "./openapi-document.ts";
import { viewOperation } from "./operation-view.ts";

const token = document.querySelector<HTMLInputElement>("#token");
const operations = document.querySelector<HTMLElement>("#operations");

async function show(place: HTMLElement): Promise<void> {
  const answer = await fetch("/openapi.json");
  const { tags, paths } = (await answer.json()) as OpenApiDocument;
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  for (const { name, description } of tags) {
    const own = all.filter(({ operation }) => operation.tags.includes(name));
    const views = own.map(({ path, method, operation }) =>
      viewOperation(method, path, operation, () => token?.value.trim() ?? ""),
    );
    place.append(element("section", {}, element("h2", {}, name), element("p", {}, ...prose(description)), ...views));
  }
}

if (operations !== null) {
  show(operations).catch(() => operations.append(element("p", {}, "The OpenAPI document could not be loaded.")));
}
