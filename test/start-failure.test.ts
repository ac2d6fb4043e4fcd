import { DriverAdapterError } from "@prisma/driver-adapter-utils";
import { expect, it } from "vitest";
import { startFailureText } from "../src/start-failure.ts";

it("a store that fails under a command is told in words, without a stack", () => {
  const message = "database or disk is full";
  const full = new DriverAdapterError({
    kind: "sqlite",
    extendedCode: 13,
    message,
    originalCode: "SQLITE_FULL",
    originalMessage: message,
  });
  const locked = Object.assign(new Error("\nInvalid `prisma.user.create()` invocation:"), {
    name: "PrismaClientKnownRequestError",
    code: "P1008",
  });
  expect([startFailureText(full), startFailureText(locked)]).toEqual([
    "The store in DATA_DIR cannot be used: database or disk is full.",
    "The store cannot be reached just now. Try again.",
  ]);
});

it("a fault of Postern's own is told with its stack", () => {
  const fault = new TypeError("x is not a function");
  expect(startFailureText(fault)).toBe(fault.stack);
});
