import { expect, test } from "vitest";
import { Roster } from "../src/roster.ts";

test("a roster has what was added and not taken away, whatever the order", () => {
  const roster = new Roster<string>();
  const remove = new Map(["a", "b", "c", "d", "e"].map((item) => [item, roster.add(item)]));
  for (const item of ["b", "e", "a"]) remove.get(item)?.();
  expect([...roster].sort()).toEqual(["c", "d"]);
  remove.set("f", roster.add("f"));
  remove.get("d")?.();
  expect([...roster].sort()).toEqual(["c", "f"]);
});

test("an item that was taken away can be taken away again, which takes no other", () => {
  const roster = new Roster<string>();
  const [first, , third] = ["a", "b", "c"].map((item) => roster.add(item));
  first?.();
  first?.();
  third?.();
  third?.();
  expect([...roster]).toEqual(["b"]);
});

test("the same item twice is two", () => {
  const roster = new Roster<string>();
  const remove = roster.add("a");
  roster.add("a");
  remove();
  expect([...roster]).toEqual(["a"]);
});
