import { expect, it } from "vitest";
import { openDashboard } from "../support/dashboard.ts";
import { USER_PASSWORD } from "../support/gateway.ts";

/** What would run, break out of markup, or turn text around, if anything but text were made of it. */
const NAUGHTY = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  '"><svg/onload=alert(1)>',
  "javascript:alert(1)",
  "{{constructor.constructor('alert(1)')()}}",
  "$\u007balert(1)}",
  "&lt;b&gt;&amp;amp;",
  '=HYPERLINK("http://127.0.0.1/","x")',
  "' OR 1=1 --",
  "\u202etxt.exe\u202c",
  "Z\u0351\u036e\u0346a\u0310\u0364l\u0369g\u0343o",
  "👩‍👩‍👧‍👦 田中さん العربية",
  "__proto__",
  "%00%0d%0aSet-Cookie: a=b",
];

const SAVE = "mutation ($input: SaveCredentialInput!) { saveCredential(input: $input) { credential { id } } }";

it("naughty strings as user name, label, project and value are shown as text, and nothing of them runs", async () => {
  const dashboard = await openDashboard();
  const { page, gateway, complaints, foreign, faults, look } = dashboard;
  const username = "<img src=x onerror=alert(1)>";
  const { token } = await gateway.signUp(username);
  for (const text of NAUGHTY) {
    const fields = [
      { name: "email", value: "ada@example.test" },
      // Not the label itself, which stands in the store in the clear: secrets are searched for there.
      { name: "password", value: `${text} as a secret` },
    ];
    await gateway.query(SAVE, { input: { connector: "app-login", label: text, project: text, fields, test: false } }, token);
  }
  let dialogs = 0;
  page.on("dialog", (dialog) => {
    dialogs += 1;
    void dialog.dismiss();
  });
  await page.getByLabel("User name").fill(username);
  await page.getByLabel("Password", { exact: true }).fill(USER_PASSWORD);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: `Account of ${username}` }).waitFor();
  await page.getByRole("link", { name: "Credentials" }).click();
  await page.getByRole("link", { name: "Application login" }).first().waitFor();
  await look("Credentials");
  const cells = await page.locator("tbody td:nth-child(2)").allTextContents();
  expect(cells.sort()).toEqual([...NAUGHTY].sort());

  await page.getByLabel("Search credentials").fill("<img");
  await page.getByRole("link", { name: "Application login" }).first().click();
  await look("Application login · <img src=x onerror=alert(1)>");
  expect({ dialogs, complaints, foreign, faults }).toEqual({ dialogs: 0, complaints: [], foreign: [], faults: [] });
});
