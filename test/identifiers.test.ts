import { fromString, toUUIDBytes } from "typeid-js";
import { describe, expect, it } from "vitest";
import { idPrefixOf, makeId } from "../src/identifiers.ts";

describe("makeId", () => {
  it("makes ids of a type that are distinct and ascend, however many come within a millisecond", () => {
    const ids = Array.from({ length: 20_000 }, () => makeId("event"));
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort()).toEqual(ids);
    expect(ids.every((id) => idPrefixOf(id) === "event")).toBe(true);
  });

  it("makes a UUID of version 7 that tells the time", () => {
    const before = Date.now();
    const bytes = Buffer.from(toUUIDBytes(fromString(makeId("user"))));
    const made = bytes.readUIntBE(0, 6);
    expect(made).toBeGreaterThanOrEqual(before);
    // The burst before may have drawn milliseconds that are still to come.
    expect(made).toBeLessThanOrEqual(Date.now() + 1_000);
    expect([(bytes[6] ?? 0) >> 4, (bytes[8] ?? 0) >> 6]).toEqual([7, 0b10]);
  });
});
