export {
  type CallOptions,
  type CredentialSelector,
  createPosternClient,
  type PosternClient,
  type PosternClientOptions,
  type QueryArguments,
  type TypedDocument,
} from "./client.ts";
export {
  AuthenticationError,
  BadRequestError,
  NetworkError,
  NotFoundError,
  PermissionDeniedError,
  PosternError,
  type PosternErrorDetails,
  RateLimitedError,
  ServerError,
  UnexpectedAnswerError,
  UpstreamError,
} from "./errors.ts";
