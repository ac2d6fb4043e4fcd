import { GraphQLEnumType } from "graphql";
import { ERROR_CODES } from "../errors.ts";

/** The error codes as the schema tells them. No field has this type: it documents `extensions.code` of errors. */
export const ErrorCodeType = new GraphQLEnumType({
  name: "ErrorCode",
  description: "The values of `extensions.code` in the errors of an answer.",
  values: Object.fromEntries(Object.entries(ERROR_CODES).map(([code, { meaning }]) => [code, { description: meaning }])),
});
