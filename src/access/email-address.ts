const SHAPE = /^[^\s@]{1,64}@[^\s@]{1,189}$/;

/** True for what can be an email address; only a message that arrives proves that it is one. */
export function isEmailAddress(text: string): boolean {
  return SHAPE.test(text);
}
