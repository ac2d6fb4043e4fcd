import { describe, expect, it, onTestFinished } from "vitest";
import { startGateway, USER_PASSWORD } from "../support/gateway.ts";
import { findRefusingPort, startMisbehavingServer } from "../support/misbehaving-server.ts";
import { startOdooServer } from "../support/odoo-server.ts";
import { answerOf, ask } from "../support/rest.ts";

const PATH = "/api/v1/profile/odoo-credentials";
const LOGIN = { odoo_username: "admin", odoo_password: "admin", odoo_database: "odoo_db" };
const SHOWN = { status: 200, body: LOGIN };
const INVALID = { status: 400, body: { detail: "Invalid Odoo credentials" } };
const NONE = { status: 404, body: { detail: "User has no Odoo credentials configured" } };

/** An Odoo with 15 contacts and 23 products, the gateway that has it for its default, and a user's token. */
async function startWithOdoo() {
  const odoo = await startOdooServer({ partners: 15, products: 23 });
  onTestFinished(() => odoo.close());
  const gateway = await startGateway({ ODOO_URL: odoo.url });
  const { token } = await gateway.signUp("john_doe");
  return { odoo, gateway, token };
}

it("system D: sign-in by form gives a token that works, for as long as it says", async () => {
  const gateway = await startGateway();
  await gateway.signUp("john_doe");
  const form = { username: "john_doe", password: USER_PASSWORD, grant_type: "password", scope: "" };
  const answer = await answerOf(gateway, "POST /api/v1/auth/token", { form });
  expect(answer).toEqual({
    status: 200,
    body: { access_token: expect.stringMatching(/^eyJ/), token_type: "bearer", expires_in: 900 },
  });
  const { access_token: token } = answer.body as { access_token: string };
  expect(await answerOf(gateway, `GET ${PATH}`, { token })).toEqual(NONE);
  const wrong = await ask(gateway, "POST /api/v1/auth/token", { form: { ...form, password: "wrong" } });
  expect([wrong.status, wrong.body]).toEqual([401, { detail: "Incorrect username or password" }]);
  expect(wrong.headers.get("www-authenticate")).toBe("Bearer");
});

describe("system D: the Odoo login", () => {
  it("is tested, stored, revealed and deleted once", async () => {
    const { odoo, gateway, token } = await startWithOdoo();
    expect(await answerOf(gateway, `POST ${PATH}`, { token, json: LOGIN })).toEqual({
      status: 200,
      body: { message: "Odoo credentials updated successfully", odoo_uid: 2, odoo_url: odoo.url, odoo_database: "odoo_db" },
    });
    expect(await answerOf(gateway, `GET ${PATH}`, { token })).toEqual(SHOWN);
    expect(await answerOf(gateway, `DELETE ${PATH}`, { token })).toEqual({
      status: 200,
      body: { message: "Odoo credentials deleted successfully" },
    });
    expect(await answerOf(gateway, `DELETE ${PATH}`, { token })).toEqual(NONE);
    expect(await answerOf(gateway, `GET ${PATH}`, { token })).toEqual(NONE);
  });

  it("can be tested without being stored", async () => {
    const { odoo, gateway, token } = await startWithOdoo();
    expect(await answerOf(gateway, `POST ${PATH}/test`, { token, json: { ...LOGIN, odoo_url: null } })).toEqual({
      status: 200,
      body: {
        message: "Odoo credentials test successful",
        odoo_uid: 2,
        contact_count: 15,
        product_count: 23,
        odoo_url: odoo.url,
        odoo_database: "odoo_db",
      },
    });
    expect(await answerOf(gateway, `GET ${PATH}`, { token })).toEqual(NONE);
  });

  it("that Odoo refuses is 400, and what was stored stays", async () => {
    const { gateway, token } = await startWithOdoo();
    const wrong = { ...LOGIN, odoo_password: "wrong" };
    expect(await answerOf(gateway, `POST ${PATH}`, { token, json: wrong })).toEqual(INVALID);
    expect(await answerOf(gateway, `POST ${PATH}/test`, { token, json: wrong })).toEqual(INVALID);
    expect(await answerOf(gateway, `GET ${PATH}`, { token })).toEqual(NONE);
    await ask(gateway, `POST ${PATH}`, { token, json: LOGIN });
    expect(await answerOf(gateway, `POST ${PATH}`, { token, json: wrong })).toEqual(INVALID);
    expect(await answerOf(gateway, `GET ${PATH}`, { token })).toEqual(SHOWN);
  });

  it("of a database that is not there is 400 and says so", async () => {
    const { gateway, token } = await startWithOdoo();
    expect(await answerOf(gateway, `POST ${PATH}/test`, { token, json: { ...LOGIN, odoo_database: "elsewhere" } })).toEqual({
      status: 400,
      body: { detail: "Odoo has no database “elsewhere” at this URL." },
    });
  });

  it("for a server that cannot be reached, is forbidden or is no Odoo is 502", async () => {
    const { gateway, token } = await startWithOdoo();
    const noOdoo = await startMisbehavingServer();
    noOdoo.behave("html");
    const closed = `http://127.0.0.1:${await findRefusingPort()}`;
    for (const odoo_url of [closed, noOdoo.origin, "http://169.254.169.254", "http://10.0.0.1:8069"]) {
      for (const path of [PATH, `${PATH}/test`]) {
        expect(await answerOf(gateway, `POST ${path}`, { token, json: { ...LOGIN, odoo_url } })).toEqual({
          status: 502,
          body: { detail: expect.stringMatching(/^.{20,}\.$/) },
        });
      }
    }
    expect(await answerOf(gateway, `GET ${PATH}`, { token })).toEqual(NONE);
  });

  it("with fields that are missing, of another type or unusable is 400", async () => {
    const { odoo, gateway, token } = await startWithOdoo();
    const post = (changes: object) => answerOf(gateway, `POST ${PATH}`, { token, json: { ...LOGIN, ...changes } });
    const refused = (detail: unknown) => ({ status: 400, body: { detail } });
    expect(await post({ odoo_password: undefined })).toEqual(refused("odoo_password must be a text."));
    expect(await post({ odoo_username: 7 })).toEqual(refused("odoo_username must be a text."));
    expect(await post({ odoo_url: "ftp://odoo.example.com" })).toEqual(refused(expect.stringMatching(/https?:/)));
    expect(await post({ odoo_url: "http://user:pass@odoo.example.com" })).toEqual(refused(expect.stringMatching(/user name/)));
    expect((await post({ odoo_database: "" })).status).toBe(400);
    expect((await post({ odoo_password: "a\nb" })).status).toBe(400);
    expect(odoo.requests).toEqual([]);
  });

  it("is the one that a sync takes, and that GraphQL shows", async () => {
    const { gateway, token } = await startWithOdoo();
    await ask(gateway, `POST ${PATH}`, { token, json: LOGIN });
    const query = "mutation { sync_contacts_from_odoo { success message errors } }";
    expect((await answerOf(gateway, "POST /graphql", { token, json: { query } })).body).toEqual({
      data: {
        sync_contacts_from_odoo: {
          success: true,
          message: expect.stringMatching(/^Synced 15 contacts/),
          errors: [],
        },
      },
    });
  });

  it("that is posted again replaces the one before, also when many do so at once", async () => {
    const { gateway, token } = await startWithOdoo();
    const answers = await Promise.all(Array.from({ length: 6 }, () => ask(gateway, `POST ${PATH}`, { token, json: LOGIN })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
    expect(await answerOf(gateway, `GET ${PATH}`, { token })).toEqual(SHOWN);
    expect(await gateway.services.database.client.credential.count()).toBe(1);
  });

  it("of somebody else is not seen", async () => {
    const { gateway, token } = await startWithOdoo();
    await ask(gateway, `POST ${PATH}`, { token, json: LOGIN });
    const jane = await gateway.signUp("jane");
    expect(await answerOf(gateway, `GET ${PATH}`, { token: jane.token })).toEqual(NONE);
    expect(await answerOf(gateway, `DELETE ${PATH}`, { token: jane.token })).toEqual(NONE);
  });
});
