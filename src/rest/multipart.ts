import { GatewayError } from "../errors.ts";
import { refusal } from "../http/error-reply.ts";

/**
 * The fields of a form in `multipart/form-data`, as scripts of web pages send what people sign in with; what comes twice is a list,
 * and a file is none of what our forms ask for.
 * @throws {GatewayError} BAD_USER_INPUT for what is no such form
 */
export async function parseMultipart(body: Buffer, type: string): Promise<Record<string, unknown>> {
  const form = await readForm(new Uint8Array(body), type);
  const names = [...new Set(form.keys())];
  return Object.fromEntries(
    names.map((name) => {
      const [first, ...more] = form.getAll(name);
      return [name, more.length === 0 ? first : [first, ...more]];
    }),
  );
}

async function readForm(body: Uint8Array<ArrayBuffer>, type: string): Promise<FormData> {
  try {
    return await new Response(body, { headers: { "content-type": type } }).formData();
  } catch {
    throw new GatewayError("BAD_USER_INPUT", refusal(400).message);
  }
}
