import * as z from "zod/mini";
import { isOneLine } from "@/server/platform/one-line";

/**
 * Shapes of what people type, for the server and for the forms of the browser alike: hence the small build of zod.
 * Lengths count UTF-16 units.
 */
const MIN_PASSWORD_LENGTH = 10;
const MAX_PASSWORD_LENGTH = 200;
const MAX_NAME_LENGTH = 100;
/** RFC 5321 §4.5.3.1: what fits into a path. */
const MAX_EMAIL_LENGTH = 254;
const MAX_TOKEN_LENGTH = 100;

/** No rule about its composition: length is what counts. */
const newPassword = z.string().check(
  z.minLength(MIN_PASSWORD_LENGTH, `Use at least ${MIN_PASSWORD_LENGTH} characters.`),
  z.maxLength(MAX_PASSWORD_LENGTH, `Use at most ${MAX_PASSWORD_LENGTH} characters.`),
  z.refine((text) => !text.includes("\0"), "A password cannot contain a NUL character."),
);
/** Of a sign-in: what cannot be anybody's password is simply wrong. */
const anyPassword = z
  .string()
  .check(z.minLength(1, "Enter your password."), z.maxLength(MAX_PASSWORD_LENGTH, "This is too long."));
const email = z
  .string()
  .check(
    z.trim(),
    z.maxLength(MAX_EMAIL_LENGTH, "This address is too long."),
    z.email("Enter an e-mail address, such as ada@example.com."),
  );
const name = z
  .string()
  .check(
    z.trim(),
    z.minLength(1, "Enter your name."),
    z.maxLength(MAX_NAME_LENGTH, `Use at most ${MAX_NAME_LENGTH} characters.`),
    z.refine(isOneLine, "A name is one line of text."),
  );
const token = z.string().check(z.maxLength(MAX_TOKEN_LENGTH));

/** `next`: where to go on after the address is confirmed; only a path of this site is followed. */
export const signUpForm = z.strictObject({
  name,
  email,
  password: newPassword,
  next: z.optional(z.string().check(z.maxLength(500))),
});
const code = z.string().check(z.maxLength(40));
/** `code`: of the person's device, or a recovery code, once the sign-in has asked for it. */
export const signInForm = z.strictObject({ email, password: anyPassword, code: z.optional(code) });
export const twoFactorCodeForm = z.strictObject({ code });
export const disableTwoFactorForm = z.strictObject({ password: anyPassword, code });
/** `proof`: of the sign-in through another service that came before. */
export const providerCodeForm = z.strictObject({ proof: z.string().check(z.maxLength(1_000)), code });
/** `password` and `code` may be empty where the account has none. */
export const deleteAccountForm = z.strictObject({
  password: z.string().check(z.maxLength(MAX_PASSWORD_LENGTH)),
  code,
  givesUpBalance: z.boolean(),
});
export const emailForm = z.strictObject({ email });
export const renameForm = z.strictObject({ name });
export const changePasswordForm = z.strictObject({ current: anyPassword, password: newPassword });
export const tokenForm = z.strictObject({ token });
/** `password` proves that the one who opens the link is the one who signed up; their own browser needs none. */
export const confirmEmailForm = z.strictObject({ token, password: z.optional(anyPassword) });
export const confirmPasswordForm = z.strictObject({ password: anyPassword });
export const newPasswordForm = z.strictObject({ password: newPassword });
export const resetPasswordForm = z.strictObject({ token, password: newPassword });

export type SignUpForm = z.infer<typeof signUpForm>;
export type SignInForm = z.infer<typeof signInForm>;
export type ConfirmEmailForm = z.infer<typeof confirmEmailForm>;
export type ResetPasswordForm = z.infer<typeof resetPasswordForm>;
