import { type Answer, type AnswerError, send } from "../client/send.ts";
import {
  RenewSessionDocument,
  type SessionTokensFragment,
  SignInDocument,
  type SignInMutationVariables,
  SignOutDocument,
  SignUpDocument,
  type SignUpMutationVariables,
} from "../gql/graphql.ts";
import { signOutMark } from "./sign-out-mark.ts";
import { Tabs } from "./tabs.ts";

export type SessionUser = NonNullable<SessionTokensFragment["user"]>;
export type RequiredStep = NonNullable<SessionTokensFragment["requiredStep"]>;
export type PersonError = SessionTokensFragment["userErrors"][number];

/** What a session is carried by; in memory alone. The refresh token is null where the browser keeps it in a cookie. */
export type Tokens = {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  readonly expiresAtMs: number;
  readonly user: SessionUser;
  readonly requiredStep: RequiredStep | null;
};

/**
 * starting: not yet known. expired: it ended while the page was in use; what is on the page stays, and a dialog asks for
 * the password.
 */
export type SessionState =
  | { readonly status: "starting" | "signed-out" | "away"; readonly user: null }
  | {
      readonly status: "signed-in" | "expired";
      readonly user: SessionUser;
      /** What the user has to do to their account before the pages are of any use. */
      readonly requiredStep: RequiredStep | null;
    };

/** Nothing when it went well; else what is wrong with what was typed, or why there was no answer. */
export type SignInOutcome = { readonly userErrors: readonly PersonError[]; readonly error: AnswerError | TypeError | null };

/** The code of the error that says that a password was right and a code is wanted. */
export const CODE_NEEDED = "SECOND_FACTOR_REQUIRED";

/** Whether a password that was sent is spent: it was right, or refused. Without an answer, or for a code alone, it is to be sent again. */
export function isPasswordSpent({ userErrors: [first], error }: SignInOutcome): boolean {
  return first === undefined ? error === null : first.field !== "code";
}

/** The gateway would not say whether the session goes on: it is down or busy, and the session may well be as good as it was. */
export class RenewalPutOff extends Error {
  constructor(readonly answer: AnswerError) {
    super(answer.message);
  }
}

const PASSING: ReadonlySet<string | undefined> = new Set(["UNAVAILABLE", "RATE_LIMITED", "DEADLINE_EXCEEDED", "INTERNAL"]);

const RENEW_BEFORE_MS = 60_000;
const ASK_AGAIN_MS = 2_000;

/**
 * Owns who is signed in on this page. Access tokens are renewed when a request needs one and never by a timer, which would
 * keep an unattended session alive; all tabs of the browser share what one of them renewed.
 */
export class Session {
  #state: SessionState = { status: "starting", user: null };
  #tokens: Tokens | null = null;
  #renewal: Promise<Tokens | null> | null = null;
  #waiting: Array<(tokens: Tokens | null) => void> = [];
  #isLeaving = false;
  readonly #listeners = new Set<() => void>();
  readonly #tabs = new Tabs();

  constructor() {
    this.#tabs.listen((message) => {
      if (message.kind === "tokens") this.#adopt(message.tokens);
      else if (message.kind === "tokens-please") void this.#lend();
      else if (this.#state.status !== "starting") this.#end();
    });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): SessionState => this.#state;

  /** Whether the page is being left because another person signed in: nothing may keep it. */
  readonly isLeaving = (): boolean => this.#isLeaving;

  /** Goes on with the session that the browser has, if it has one that was not signed out of; asks until the gateway answers. */
  async start(): Promise<void> {
    try {
      if (signOutMark.isSet()) await this.#tellSignOut();
      if ((await this.#renew()) === null) this.#end();
    } catch {
      this.#set({ status: "away", user: null });
      setTimeout(() => void this.start(), ASK_AGAIN_MS);
    }
  }

  async signIn(input: SignInMutationVariables["input"]): Promise<SignInOutcome> {
    return this.#begin(async () => {
      const { data, errors } = await send(SignInDocument, { input });
      return { data: data?.login, errors };
    });
  }

  async signUp(input: SignUpMutationVariables["input"]): Promise<SignInOutcome> {
    return this.#begin(async () => {
      const { data, errors } = await send(SignUpDocument, { input });
      return { data: data?.register, errors };
    });
  }

  /** Asks the gateway who is signed in, once that has changed. */
  async reload(): Promise<void> {
    // Without an answer the next renewal brings it.
    await this.#renew().catch(() => null);
  }

  /** Ends the session here and in all tabs; a gateway that cannot be told is told before this browser goes on with a session. */
  async signOut(): Promise<void> {
    const token = this.#tokens?.accessToken;
    signOutMark.set();
    this.#tabs.tell({ kind: "signed-out" });
    this.#end();
    await this.#tellSignOut(token).catch(() => null);
  }

  /** By the browser's cookie, where there is no access token any more. @throws {Error} when the gateway has not done it */
  async #tellSignOut(token?: string): Promise<void> {
    const { errors } = await send(SignOutDocument, {}, token);
    if (errors?.some(isPassing)) throw new Error("The session is not ended yet.");
    signOutMark.clear();
  }

  /**
   * Good tokens; waits for the person to sign in again where the session has ended, and is null when they do not.
   * @throws {TypeError} without a way to the gateway; {RenewalPutOff}
   */
  async tokens(): Promise<Tokens | null> {
    if (this.#tokens !== null && this.#tokens.expiresAtMs - Date.now() > RENEW_BEFORE_MS) return this.#tokens;
    return this.#renewedOrAsked();
  }

  /** Other tokens than those that the gateway refused; waits and fails as `tokens`. */
  async tokensAfter(refused: Tokens): Promise<Tokens | null> {
    if (this.#tokens !== null && this.#tokens !== refused) return this.#tokens;
    return this.#renewedOrAsked();
  }

  async #renewedOrAsked(): Promise<Tokens | null> {
    if (this.#state.status === "signed-out") return null;
    const renewed = this.#state.status === "expired" ? null : await this.#renew();
    if (renewed !== null) return renewed;
    if (this.#state.user === null) return null;
    this.#set({ ...this.#state, status: "expired" });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #renew(): Promise<Tokens | null> {
    const stale = this.#tokens;
    this.#renewal ??= this.#tabs
      .oneAtATime(async () => {
        // Another tab may have renewed while this one waited for its turn.
        if (this.#tokens !== stale && this.#tokens !== null) return this.#tokens;
        const { data, errors } = await send(RenewSessionDocument, { refreshToken: stale?.refreshToken ?? null });
        const putOff = errors?.find(isPassing);
        if (putOff !== undefined) throw new RenewalPutOff(putOff);
        const tokens = tokensOf(data?.refreshSession);
        if (tokens !== null) this.#share(tokens);
        return tokens;
      })
      .finally(() => {
        this.#renewal = null;
      });
    return this.#renewal;
  }

  async #begin(ask: () => Promise<Answer<SessionTokensFragment>>): Promise<SignInOutcome> {
    try {
      const { data, errors } = await ask();
      const tokens = tokensOf(data);
      if (tokens !== null) this.#share(tokens);
      return { userErrors: data?.userErrors ?? [], error: errors?.[0] ?? null };
    } catch (error) {
      return { userErrors: [], error: error instanceof TypeError ? error : new TypeError(String(error)) };
    }
  }

  /** Whoever asks is a page of this gateway in this browser; a session that has ended is not asked about there. */
  async #lend(): Promise<void> {
    if (this.#state.status !== "signed-in") return;
    const tokens = await this.tokens().catch(() => null);
    if (tokens !== null) this.#tabs.tell({ kind: "tokens", tokens });
  }

  #share(tokens: Tokens): void {
    // The gateway has ended what the cookie was of before.
    signOutMark.clear();
    this.#adopt(tokens);
    this.#tabs.tell({ kind: "tokens", tokens });
  }

  #adopt(tokens: Tokens): void {
    // What is on this page is another person's: nothing of it may mix with theirs.
    if (this.#state.user !== null && this.#state.user.id !== tokens.user.id) {
      this.#isLeaving = true;
      window.location.assign("/");
      return;
    }
    this.#tokens = tokens;
    this.#set({ status: "signed-in", user: tokens.user, requiredStep: tokens.requiredStep });
    for (const resolve of this.#waiting.splice(0)) resolve(tokens);
  }

  #end(): void {
    this.#tokens = null;
    this.#set({ status: "signed-out", user: null });
    for (const resolve of this.#waiting.splice(0)) resolve(null);
  }

  #set(state: SessionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

function isPassing({ extensions }: AnswerError): boolean {
  return PASSING.has(extensions?.code);
}

function tokensOf(payload: SessionTokensFragment | null | undefined): Tokens | null {
  if (payload?.accessToken == null || payload.user == null) return null;
  const { accessToken, refreshToken = null, expiresAt, user, requiredStep = null } = payload;
  return { accessToken, refreshToken, expiresAtMs: Date.parse(expiresAt ?? "") || Date.now(), user, requiredStep };
}

/** The one session of this page. */
export const session = new Session();
