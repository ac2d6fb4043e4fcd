import { texts } from "../../texts/texts.ts";

const BROWSERS: ReadonlyArray<readonly [RegExp, string]> = [
  [/Edg\//, "Edge"],
  [/OPR\//, "Opera"],
  [/Firefox\//, "Firefox"],
  [/Chrome\//, "Chrome"],
  [/Safari\//, "Safari"],
];
const SYSTEMS: ReadonlyArray<readonly [RegExp, string]> = [
  [/iPhone|iPad/, "iOS"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "macOS"],
  [/Linux/, "Linux"],
];

const MOST = 60;

/** What a user agent's text says it is, in words: "Firefox on Windows"; its own first characters when it is none that we know. */
export function deviceOf(userAgent: string | null): string {
  const { unknownDevice, on } = texts.account.sessions;
  if (userAgent === null || userAgent === "") return unknownDevice;
  const browser = BROWSERS.find(([pattern]) => pattern.test(userAgent))?.[1];
  const system = SYSTEMS.find(([pattern]) => pattern.test(userAgent))?.[1];
  return browser === undefined || system === undefined ? userAgent.slice(0, MOST) : on(browser, system);
}
