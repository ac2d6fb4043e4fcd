import { describe, expect, it } from "vitest";
import { startGateway, USER_PASSWORD } from "../support/gateway.ts";
import { answerOf, ask, ISO_TIME } from "../support/rest.ts";
import { appCode, turnSecondFactorOn } from "../support/totp.ts";

const NO_LOGIN = { status: 401, body: { detail: "Incorrect username or password" } };

function keyRow(model_name: string, api_key: string) {
  const time = expect.stringMatching(ISO_TIME);
  return { model_name, api_key, created_at: time, updated_at: time };
}

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
    const { access_token: token } = login.body as { access_token: string };
    expect(await answerOf(gateway, "GET /me", { token })).toEqual({ status: 200, body: user });
    expect(await answerOf(gateway, "GET /protected", { token })).toEqual({
      status: 200,
      body: { message: "Hello john_doe, this is a protected route" },
    });
  });

  it("a name that is taken, in any spelling, is 400, and of many at once one registers", async () => {
    const gateway = await startGateway();
    const taken = { status: 400, body: { detail: "Username already registered" } };
    const register = (username: string) =>
      answerOf(gateway, "POST /register", { json: { username, email: null, password: USER_PASSWORD } });
    const answers = await Promise.all(Array.from({ length: 8 }, () => register("john_doe")));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 400, 400, 400, 400, 400, 400, 400]);
    expect(answers.filter(({ status }) => status === 400)).toEqual(Array.from({ length: 7 }, () => taken));
    expect(await register(" John_Doe ")).toEqual(taken);
  });

  it("a password too short or a name without letters is 400 and says so", async () => {
    const gateway = await startGateway();
    const register = (json: object) => answerOf(gateway, "POST /register", { json });
    expect(await register({ username: "x", password: "short" })).toEqual({
      status: 400,
      body: { detail: expect.stringMatching(/password/i) },
    });
    expect(await register({ username: "\u0000", password: USER_PASSWORD })).toEqual({
      status: 400,
      body: { detail: "A user name has 1 to 64 characters, none of them invisible." },
    });
  });

  it("with registration closed only an administrator registers others", async () => {
    const gateway = await startGateway({ REGISTRATION: "closed" });
    const json = { username: "john_doe", password: USER_PASSWORD };
    expect(await answerOf(gateway, "POST /register", { json })).toEqual({
      status: 403,
      body: { detail: "Registration is closed." },
    });
    const token = await gateway.signInAdministrator();
    expect((await ask(gateway, "POST /register", { json, token })).status).toBe(201);
  });

  it("who has a second factor signs in with the form's field `code`, here and at system D; without it that is 401 and says so", async () => {
    const gateway = await startGateway();
    const { token } = await gateway.signUp("john_doe");
    const { secret, recoveryCodes } = await turnSecondFactorOn(gateway, token);
    const form = { username: "john_doe", password: USER_PASSWORD };
    for (const path of ["/login", "/api/v1/auth/token"]) {
      const detail = "Enter the code of your authenticator app, or a recovery code.";
      expect(await answerOf(gateway, `POST ${path}`, { form })).toEqual({ status: 401, body: { detail } });
    }
    const wrong = await answerOf(gateway, "POST /login", { form: { ...form, code: "000000" } });
    expect(wrong).toMatchObject({ status: 401, body: { detail: expect.stringMatching(/^The code is wrong/) } });
    expect((await ask(gateway, "POST /login", { form: { ...form, code: recoveryCodes[0] ?? "" } })).status).toBe(200);
    expect((await ask(gateway, "POST /api/v1/auth/token", { form: { ...form, code: appCode(secret, new Date()) } })).status).toBe(
      200,
    );
  });

  it("a wrong password and an unknown user are one answer, with the challenge that 401 needs", async () => {
    const gateway = await startGateway();
    await gateway.signUp("john_doe");
    const wrong = await ask(gateway, "POST /login", { form: { username: "john_doe", password: "not that" } });
    expect({ status: wrong.status, body: wrong.body }).toEqual(NO_LOGIN);
    expect(wrong.headers.get("www-authenticate")).toBe("Bearer");
    expect(await answerOf(gateway, "POST /login", { form: { username: "nobody", password: "not that" } })).toEqual(NO_LOGIN);
  });

  it("login takes a form alone, with both fields once", async () => {
    const gateway = await startGateway();
    const login = (body: string, type = "application/x-www-form-urlencoded") =>
      answerOf(gateway, "POST /login", { raw: { body, type } });
    const unsupported = { status: 415, body: { detail: "The request body's media type or encoding is not taken here." } };
    expect(await login('{"username":"a","password":"b"}', "application/json")).toEqual(unsupported);
    expect(await login("username=a&password=b", "text/plain")).toEqual(unsupported);
    expect(await login("--x--", "multipart/form-data; boundary=x")).toMatchObject({ status: 400 });
    expect(await login("username=a")).toEqual({ status: 400, body: { detail: "password must be a text." } });
    expect(await login("username=a&username=b&password=c")).toEqual({
      status: 400,
      body: { detail: "username must be a text." },
    });
    expect(await login("")).toEqual({ status: 400, body: { detail: "username must be a text." } });
  });
});

describe("system E: a key per language model", () => {
  it("keys are set, listed by their first characters, replaced and deleted", async () => {
    const gateway = await startGateway();
    const { token } = await gateway.signUp("john_doe");
    const set = (model_name: string, api_key: string) =>
      answerOf(gateway, "POST /set_api_key", { token, json: { model_name, api_key } });
    for (const model of ["openai", "mistral large/2", "anthropic"]) {
      expect(await set(model, "sk-your-openai-key")).toEqual({
        status: 200,
        body: { message: `API key for ${model} set successfully` },
      });
    }
    await set("openai", "sk-new-and-better-key");
    expect(await answerOf(gateway, "GET /api_keys", { token })).toEqual({
      status: 200,
      body: [keyRow("openai", "sk-new…"), keyRow("mistral large/2", "sk-you…"), keyRow("anthropic", "sk-you…")],
    });

    const path = `DELETE /api_keys/${encodeURIComponent("mistral large/2")}`;
    expect(await answerOf(gateway, path, { token })).toEqual({
      status: 200,
      body: { message: "API key for mistral large/2 deleted successfully" },
    });
    expect(await answerOf(gateway, path, { token })).toEqual({
      status: 404,
      body: { detail: "No API key for mistral large/2" },
    });
    expect(((await answerOf(gateway, "GET /api_keys", { token })).body as unknown[]).length).toBe(2);
  });

  it("of a short key no more than half is shown", async () => {
    const gateway = await startGateway();
    const { token } = await gateway.signUp("john_doe");
    await ask(gateway, "POST /set_api_key", { token, json: { model_name: "small", api_key: "sk-12345" } });
    expect((await answerOf(gateway, "GET /api_keys", { token })).body).toEqual([keyRow("small", "sk-1…")]);
  });

  it("somebody else's keys are neither listed nor deleted, and look like none", async () => {
    const gateway = await startGateway();
    const john = await gateway.signUp("john_doe");
    const jane = await gateway.signUp("jane");
    await ask(gateway, "POST /set_api_key", { token: john.token, json: { model_name: "openai", api_key: "sk-of-john-alone" } });
    expect(await answerOf(gateway, "GET /api_keys", { token: jane.token })).toEqual({ status: 200, body: [] });
    expect(await answerOf(gateway, "DELETE /api_keys/openai", { token: jane.token })).toEqual({
      status: 404,
      body: { detail: "No API key for openai" },
    });
  });

  it("many that set one key at once all succeed, and one row is left", async () => {
    const gateway = await startGateway();
    const { token } = await gateway.signUp("john_doe");
    const set = (index: number) =>
      ask(gateway, "POST /set_api_key", { token, json: { model_name: "openai", api_key: `sk-${index}-of-many-keys` } });
    const answers = await Promise.all(Array.from({ length: 12 }, (_, index) => set(index)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 200));
    expect(((await answerOf(gateway, "GET /api_keys", { token })).body as unknown[]).length).toBe(1);
  });

  it("an empty model, a key with spaces and values that are no text are 400", async () => {
    const gateway = await startGateway();
    const { token } = await gateway.signUp("john_doe");
    const refused = async (json: unknown) => {
      const { status, body } = await ask(gateway, "POST /set_api_key", { token, json });
      return [status, (body as { detail: string }).detail];
    };
    expect(await refused({ model_name: " ", api_key: "sk-1" })).toEqual([400, "model_name is not usable: it is empty."]);
    expect(await refused({ model_name: "a\u0000b", api_key: "sk-1" })).toEqual([
      400,
      "model_name is not usable: it has control characters.",
    ]);
    expect(await refused({ model_name: "a\ud800b", api_key: "sk-1" })).toEqual([
      400,
      "label may not contain control characters.",
    ]);
    expect(await refused({ model_name: "openai", api_key: "sk 1" })).toEqual([
      400,
      "api_key: must be printable ASCII without spaces.",
    ]);
    expect(await refused({ model_name: 1, api_key: "sk-1" })).toEqual([400, "model_name must be a text."]);
    expect(await refused([])).toEqual([400, "The request must be an object."]);
    expect(await refused("openai")).toEqual([400, "The request must be an object."]);
    expect((await ask(gateway, "DELETE /api_keys/a%00b", { token })).status).toBe(404);
  });
});
