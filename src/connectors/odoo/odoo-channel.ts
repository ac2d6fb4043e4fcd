import { ConnectionError, type ConnectionStage } from "../../upstream/connection-error.ts";
import type { HttpClient, HttpResponse } from "../../upstream/http-client.ts";
import type { CallStage } from "./odoo-model-call.ts";

export type ChannelRequest = {
  readonly method?: "GET" | "POST";
  readonly path: string;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Where a failure to get an answer is reported. */
  readonly stage: CallStage;
  readonly deadlineMs?: number;
  readonly onStage?: (stage: ConnectionStage) => void;
};

/** One Odoo server. Odoo closes the connection after every answer, so there is nothing to keep open between requests. */
export type OdooChannel = {
  /** Without a trailing slash and without the paths that people copy from their browser. */
  readonly baseUrl: string;
  /** @throws {ConnectionError} for what went wrong on the way, redirects and proxies' pages included. */
  send(request: ChannelRequest): Promise<HttpResponse>;
};

/** A channel to the server at `url`; nothing is sent yet. Every request ends when `signal` does. */
export function openChannel(http: HttpClient, url: string, signal: AbortSignal): OdooChannel {
  const baseUrl = normaliseOdooUrl(url);
  return {
    baseUrl,
    send: async ({ method = "POST", path, headers, ...rest }) => {
      // No cookies go along: Odoo 19 refuses a session's cookie beside `X-Odoo-Database`.
      const sent = { accept: "application/json", ...headers };
      const response = await http.request({ ...rest, method, url: `${baseUrl}${path}`, headers: sent, signal });
      refuseForeignAnswer(response, baseUrl, rest.stage);
      return response;
    },
  };
}

/** Whether an answer says that it is JSON, as every answer of Odoo to a call does. */
export const isJson = ({ headers }: HttpResponse) => /^application\/json\b/i.test(headers["content-type"] ?? "");
/** Whether an answer is a page: a proxy, a server of another kind, or Odoo at its wits' end. */
export const isHtml = ({ headers }: HttpResponse) => /^text\/html\b/i.test(headers["content-type"] ?? "");

/** The server's address out of what people paste: `https://erp.example.com/web#home` means `https://erp.example.com`. */
export function normaliseOdooUrl(text: string): string {
  const url = new URL(text);
  const path = url.pathname.replace(/\/(web|odoo|jsonrpc|xmlrpc|json)(\/.*)?$/, "").replace(/\/+$/, "");
  return `${url.origin}${path}`;
}

/** The answer is no Odoo's: HTML where JSON belongs, or JSON of another shape. */
export function notAnOdoo(baseUrl: string, stage: CallStage, status: number): ConnectionError {
  const message = `The server at ${baseUrl} is not an Odoo: its answer (status ${status}) is not one that Odoo gives.`;
  return new ConnectionError("UNEXPECTED_RESPONSE", stage, message);
}

/** Odoo's bare page for what it did not expect, such as more calls at once than it has database connections. */
export function failedInside(baseUrl: string, stage: CallStage): ConnectionError {
  const message = `The server at ${baseUrl} answered 500: Odoo failed, is overloaded, or cannot reach its own database (PostgreSQL).`;
  return new ConnectionError("UNREACHABLE", stage, message);
}

function refuseForeignAnswer(response: HttpResponse, baseUrl: string, stage: CallStage): void {
  const { status, headers } = response;
  if (status >= 300 && status < 400) throw redirected(headers.location, baseUrl, stage);
  if (status === 429) {
    const seconds = Number(headers["retry-after"]);
    const options = Number.isInteger(seconds) && seconds > 0 ? { retryAfterSeconds: seconds } : {};
    throw new ConnectionError("RATE_LIMITED", stage, `The server at ${baseUrl} asks to come back later (status 429).`, options);
  }
  if (status === 502 || status === 503 || status === 504) {
    const message = `The proxy in front of Odoo at ${baseUrl} answered ${status}: Odoo itself is down, starting or too slow.`;
    throw new ConnectionError("UNREACHABLE", stage, message);
  }
}

function redirected(location: string | undefined, baseUrl: string, stage: CallStage): ConnectionError {
  const target = location !== undefined && URL.canParse(location, baseUrl) ? new URL(location, baseUrl) : null;
  const isElsewhere = target !== null && /^https?:$/.test(target.protocol) && normaliseOdooUrl(target.href) !== baseUrl;
  const advice = isElsewhere ? `use ${normaliseOdooUrl(target.href)} as the URL` : "that URL is not where Odoo answers calls";
  return new ConnectionError("UNEXPECTED_RESPONSE", stage, `The server at ${baseUrl} redirects: ${advice}.`);
}
