import type { HttpRequest } from "../../upstream/http-client.ts";

/** The stages that Odoo itself can fail at, once the connection stands. */
export type CallStage = NonNullable<HttpRequest["stage"]>;

/** A method of a model with its arguments by name, as JSON-2 takes them; the older protocols get `domain` by place. */
export type ModelCall = {
  readonly model: string;
  readonly method: string;
  readonly named: Readonly<Record<string, unknown>>;
  readonly stage: CallStage;
  readonly deadlineMs?: number;
};
