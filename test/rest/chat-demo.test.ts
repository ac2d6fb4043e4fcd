import { describe, expect, it } from "vitest";
import { startGateway, USER_PASSWORD } from "../support/gateway.ts";
import { answerOf, ISO_TIME } from "../support/rest.ts";

describe("system E: accounts", () => {
  it("register, login, me and protected answer as the chat demo did", async () => {
    const gateway = await startGateway();
    const account = { username: "john_doe", email: "john@example.com", password: USER_PASSWORD };
    const user = {
      id: expect.stringMatching(/^user_/),
      username: "john_doe",
      email: "john@example.com",
      is_active: true,
      created_at: expect.stringMatching(ISO_TIME),
    };
    expect(await answerOf(gateway, "POST /register", { json: account })).toEqual({ status: 201, body: user });

    const login = await answerOf(gateway, "POST /login", { form: { username: "john_doe", password: USER_PASSWORD } });
    expect(login).toEqual({ status: 200, body: { access_token: expect.stringMatching(/^eyJ/), token_type: "bearer" } });
    const token = (login.body as { access_token: string }).access_token;
    expect(await answerOf(gateway, "GET /me", { token })).toEqual({ status: 200, body: user });
    expect(await answerOf(gateway, "GET /protected", { token })).toEqual({
      status: 200,
      body: { message: "Hello john_doe, this is a protected route" },
    });
  });
});
