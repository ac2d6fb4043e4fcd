/** Signing in and registering. */
export const signIn = {
  title: "Sign in",
  tagline: "Your logins and keys, tested and used for you, never handed around.",
  username: "User name",
  password: "Password",
  submit: "Sign in",
  noAccount: "No account yet?",
  toSignUp: "Create one",
  signUpTitle: "Create your account",
  email: "E-mail",
  emailHelp: "Only shown to you and to administrators.",
  closed: "Accounts are made by an administrator here.",
  passwordHelp: (bytes: number) => `At least ${bytes} characters. A few unrelated words make a good one.`,
  signUpSubmit: "Create account",
  haveAccount: "Already have an account?",
  toSignIn: "Sign in",
} as const;
