import { z } from "zod";
import type { SessionService, SessionTokens } from "../access/session.service.ts";
import type { Viewer } from "../access/viewer.ts";
import { GatewayError } from "../errors.ts";

/** The form that people sign in with, as OAuth 2 password clients send it. */
export const loginForm = z.object({ username: z.string().max(1_000), password: z.string().max(10_000) });

/** A session's tokens. @throws {GatewayError} UNAUTHENTICATED in the words of the replaced systems; RATE_LIMITED */
export async function signIn(
  sessions: Pick<SessionService, "login">,
  viewer: Viewer,
  form: z.infer<typeof loginForm>,
): Promise<SessionTokens> {
  const outcome = await sessions.login(viewer, form);
  if ("accessToken" in outcome) return outcome;
  throw new GatewayError("UNAUTHENTICATED", outcome.userErrors[0]?.message ?? "Incorrect username or password");
}
