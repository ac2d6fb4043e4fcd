import { GatewayError } from "../errors.ts";

/** The credential changed between its reading and its writing. */
export function savedMeanwhile(cause?: unknown): GatewayError {
  const message = "The credential was saved by somebody else meanwhile. Look at it and save again.";
  return new GatewayError("CONFLICT", message, { cause });
}

/** Another credential stands where this one should. */
export function credentialExists(cause?: unknown): GatewayError {
  return new GatewayError("CONFLICT", "There is a credential of that connector, project and label already.", { cause });
}
