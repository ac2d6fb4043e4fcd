import { element, prose } from "./element.ts";
import { exampleOf, type Operation, type Parameter } from "./openapi-document.ts";

const FORM = "application/x-www-form-urlencoded";

/** One operation: what it is, what it answers, and a form that tries it with the token that the page has. */
export function viewOperation(method: string, path: string, operation: Operation, readToken: () => string): HTMLElement {
  const { summary, description, responses, parameters = [], requestBody } = operation;
  const inputs = parameters.map((parameter) => ({ parameter, input: inputFor(parameter) }));
  const [mediaType, content] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  const isForm = mediaType === FORM;
  const example = content === undefined ? "" : exampleOf(content.schema);
  const start = isForm ? new URLSearchParams(example as Record<string, string>).toString() : JSON.stringify(example, null, 2);
  const body = content === undefined ? null : element("textarea", { value: start, name: "body", spellcheck: false });
  const output = element("pre", { ariaLive: "polite" });

  const form = element(
    "form",
    {},
    ...inputs.map(({ parameter, input }) => labelled(parameter.name, parameter.description, input)),
    ...(body === null ? [] : [labelled(mediaType ?? "", undefined, body)]),
    element("button", { type: "submit" }, "Send"),
    output,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const address = fill(path, inputs);
    const token = readToken();
    const headers = {
      ...(mediaType === undefined ? {} : { "content-type": mediaType }),
      ...(token === "" ? {} : { authorization: `Bearer ${token}` }),
    };
    void send(address, { method: method.toUpperCase(), headers, body: body?.value ?? null }, output);
  });
  return element(
    "details",
    { id: operation.operationId },
    element("summary", {}, element("b", {}, method.toUpperCase()), element("code", {}, path), ` ${summary}`),
    ...(description === undefined ? [] : [element("p", {}, ...prose(description))]),
    viewResponses(responses),
    form,
  );
}

function inputFor({ name, required }: Parameter): HTMLInputElement {
  return element("input", { name, required, autocomplete: "off" });
}

function labelled(name: string, description: string | undefined, input: HTMLElement): HTMLElement {
  return element(
    "label",
    {},
    element("span", {}, element("code", {}, name), ...(description === undefined ? [] : [" ", ...prose(description)])),
    input,
  );
}

function viewResponses(responses: Operation["responses"]): HTMLElement {
  const rows = Object.entries(responses).map(([status, { description }]) =>
    element("tr", {}, element("td", {}, element("code", {}, status)), element("td", {}, ...prose(description))),
  );
  return element("table", {}, element("tbody", {}, ...rows));
}

type Filled = readonly { readonly parameter: Parameter; readonly input: HTMLInputElement }[];

function fill(path: string, inputs: Filled): string {
  const query = new URLSearchParams();
  let address = path;
  for (const { parameter, input } of inputs) {
    // What follows a route may have slashes of its own.
    const encoded = parameter.name === "path" ? encodeURI(input.value) : encodeURIComponent(input.value);
    if (parameter.in === "path") address = address.replace(`{${parameter.name}}`, encoded);
    else if (input.value !== "") query.set(parameter.name, input.value);
  }
  return query.size === 0 ? address : `${address}?${query}`;
}

async function send(address: string, request: RequestInit, output: HTMLElement): Promise<void> {
  output.textContent = "…";
  try {
    const answer = await fetch(address, request);
    output.textContent = `${answer.status} ${answer.statusText}\n\n${readable(await answer.text())}`;
  } catch (error) {
    output.textContent = error instanceof Error ? error.message : "The request failed.";
  }
}

function readable(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
