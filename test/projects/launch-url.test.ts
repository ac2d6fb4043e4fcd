import { describe, expect, it } from "vitest";
import { fillLaunchUrl, findLaunchUrlFault } from "../../src/projects/launch-url.ts";

describe("a launch URL", () => {
  it.each([
    ["https://chat.example.com/?user={username}", "ada", "https://chat.example.com/?user=ada"],
    ["https://chat.example.com/u/{username}/run#{username}", "a b", "https://chat.example.com/u/a%20b/run#a%20b"],
    ["https://chat.example.com/?user={username}", "a&b=c#d/e?f", "https://chat.example.com/?user=a%26b%3Dc%23d%2Fe%3Ff"],
    [
      "https://chat.example.com/?user={username}",
      "José $& 日本",
      "https://chat.example.com/?user=Jos%C3%A9%20%24%26%20%E6%97%A5%E6%9C%AC",
    ],
    ["https://chat.example.com/?user={username}", "{username}", "https://chat.example.com/?user=%7Busername%7D"],
    ["https://chat.example.com/?user={username}", '"><script>', "https://chat.example.com/?user=%22%3E%3Cscript%3E"],
    ["http://localhost:3000/", "ada", "http://localhost:3000/"],
  ])("%s for %s is %s", (template, username, url) => {
    expect([findLaunchUrlFault(template), fillLaunchUrl(template, username)]).toEqual([null, url]);
  });

  it("a name that browsers take for a step in the path gets none", () => {
    const template = "https://chat.example.com/u/{username}/run";
    expect([".", "..", "..."].map((name) => fillLaunchUrl(template, name))).toEqual([
      null,
      null,
      "https://chat.example.com/u/.../run",
    ]);
  });

  it.each([
    ["javascript:alert('{username}')", /http or https/],
    ["data:text/html,{username}", /http or https/],
    ["//chat.example.com/{username}", /http or https/],
    ["chat.example.com/{username}", /http or https/],
    ["https:///{username}", /http or https/],
    ["https://{username}.example.com/", /host only/],
    ["https://chat.example.com:{username}/", /http or https/],
    ["https://{username}@chat.example.com/", /user name or password/],
    ["https://ada:secret@chat.example.com/", /user name or password/],
    ["https://chat.example.com/{user}", /placeholder/],
    ["https://chat.example.com/{username", /placeholder/],
    ["java\nscript:alert(1)", /white space/],
    ["https://chat.example.com\\@evil.example/", /backslashes/],
  ])("%s is refused", (template, fault) => {
    expect(findLaunchUrlFault(template)).toMatch(fault);
  });
});
