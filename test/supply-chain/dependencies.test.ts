import { readdirSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { expect, it } from "vitest";

type Manifest = {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly overrides: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
};
type Locked = {
  readonly version: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly hasInstallScript?: boolean;
  readonly link?: boolean;
  readonly inBundle?: boolean;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
};

const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Manifest;
const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as { packages: Readonly<Record<string, Locked>> };
const locked = Object.entries(packages).filter(([place]) => place !== "");

/** As of the last review; Apollo Server alone brings a hundred. */
const MOST_PACKAGES = 320;

const nameOf = (place: string) => place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length);
/** Part by part; a pre-release counts as its release. */
const isAtLeast = (version: string, least: string) => version.localeCompare(least, "en", { numeric: true }) >= 0;

it("every dependency is named by one exact version", () => {
  const named = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.overrides };
  const loose = Object.entries(named).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version));
  expect(loose).toEqual([]);
});

it("the lock takes packages from the npm registry alone, each with its SHA-512", () => {
  const strange = locked.filter(([, { resolved, integrity, link }]) => {
    const isFromRegistry = resolved === undefined || resolved.startsWith("https://registry.npmjs.org/");
    return link === true || !isFromRegistry || !/^sha512-[\w+/]{86}==$/.test(integrity ?? "");
  });
  expect(strange.map(([place]) => place)).toEqual([]);
  expect(locked.length).toBeGreaterThan(100);
});

it("install scripts run by name alone: each package that has one is decided on, and no other is listed", () => {
  const scripted = new Set(locked.filter(([, { hasInstallScript }]) => hasInstallScript).map(([place]) => nameOf(place)));
  expect(Object.keys(manifest.allowScripts).sort()).toEqual([...scripted].sort());
  const settings = readFileSync(".npmrc", "utf8").split("\n");
  expect(settings).toEqual(expect.arrayContaining(["strict-allow-scripts=true", "min-release-age=7"]));
});

it.each([
  ["@apollo/server", "5.5.0"],
  ["fastify", "5.8.3"],
  ["undici", "7.24.0"],
  ["jose", "6.0.0"],
  ["graphql", "16.11.0"],
])("%s is at least %s, everywhere in the tree that runs", (name, least) => {
  const versions = locked
    .filter(([place, { dev, devOptional }]) => nameOf(place) === name && !dev && !devOptional)
    .map(([, { version }]) => version);
  expect(versions.length).toBeGreaterThan(0);
  expect(versions.filter((version) => !isAtLeast(version, least))).toEqual([]);
});

it("the built program asks for no library that the image has not", () => {
  const files = readdirSync("dist", { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".js") && !file.startsWith("public"),
  );
  const asked = files.flatMap((file) =>
    [
      ...readFileSync(`dist/${file}`, "utf8").matchAll(
        /^(?:import|export)\b[^;'"\n]*["']([^'"]+)["'];$|(?<!\{)\b(?:__require|import)\(["']([^'"]+)["']\)/gm,
      ),
    ].map(([, imported, required]) => imported ?? required ?? ""),
  );
  // What pg loads where somebody installed it, or where there is no Node.
  const known = new Set([...builtinModules, "pg-native", "pg-cloudflare"]);
  const libraries = asked.filter((name) => !/^(\.|node:)/.test(name) && !known.has(name));
  const copied = [...readFileSync("Dockerfile", "utf8").matchAll(/ node_modules\/(\S+)$/gm)].map(([, name = ""]) => name);
  expect(libraries).toContain("better-sqlite3");
  expect(libraries.filter((name) => !copied.some((place) => name === place || name.startsWith(`${place}/`)))).toEqual([]);
});

it("the built program has one copy of graphql, since of two neither knows the other's schema", () => {
  const parts = readdirSync("dist/parts").map((file) => readFileSync(`dist/parts/${file}`, "utf8"));
  expect(parts.join("\n").match(/\bGraphQLSchema = class\b|\bclass GraphQLSchema\b/g)).toHaveLength(1);
});

it("production takes no more packages than were reviewed", () => {
  const names = new Set(locked.filter(([, { dev, devOptional }]) => !dev && !devOptional).map(([place]) => nameOf(place)));
  console.info(`${names.size} packages in production, binaries of other platforms included`);
  expect(names.size).toBeLessThanOrEqual(MOST_PACKAGES);
});
