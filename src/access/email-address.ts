const SHAPE = /^[^\s\p{Cc}\p{Cs}@]{1,64}@[^\s\p{Cc}\p{Cs}@]{1,189}$/u;

/** True for what can be an email address; only a message that arrives proves that it is one. */
export function isEmailAddress(text: string): boolean {
  return SHAPE.test(text);
}
