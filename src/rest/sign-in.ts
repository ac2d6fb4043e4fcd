import { z } from "zod";
import type { SessionService, SessionTokens } from "../access/session.service.ts";
import type { Viewer } from "../access/viewer.ts";
import { GatewayError } from "../errors.ts";

/** The form that people sign in with, as OAuth 2 password clients send it, and a field of ours for who has a second factor. */
export const loginForm = z.object({
  username: z.string().max(1_000),
  password: z.string().max(10_000),
  code: z.string().max(100).optional().describe("For who has a second factor: a code of their app, or a recovery code."),
});

/** Why a sign-in is 401. */
export const LOGIN_REFUSAL = "`Incorrect username or password`; for who has a second factor also what is wrong with `code`.";

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
