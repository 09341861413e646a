/** Who somebody is: passwords, sessions, links sent by mail. */
export { type EmailConfirmation, inspectConfirmation } from "./confirm-email";
export { parseCookies, referralCookieName, signUpCookieName, usesSecureCookies } from "./cookies";
export { type AuthDeps, deliver } from "./deps";
export {
  changePasswordForm,
  confirmPasswordForm,
  deleteAccountForm,
  disableTwoFactorForm,
  emailForm,
  renameForm,
  resetPasswordForm,
  signUpForm,
  tokenForm,
  twoFactorCodeForm,
} from "./forms";
export { type LinkedAccount, listLinked, unlink } from "./linked-accounts";
export { searchUsers, signOutUser, suspendUser, unsuspendUser } from "./operator-view";
export {
  changePassword,
  endAllSessions,
  endOwnSession,
  listSessions,
  type OwnProfile,
  type OwnSession,
  readProfile,
  renameSelf,
} from "./own-account";
export { hashPassword } from "./passwords";
export { requireProof } from "./prove";
export { PROVIDER_NAMES, type ProviderName, type ProviderSettings } from "./provider-profiles";
export { isResetLinkAlive, resetPassword, sendPasswordReset } from "./reset-password";
export { readActor, switchOrganization } from "./session";
export { requireMail, resendVerification, signUp } from "./sign-up";
export { takeAttempt } from "./throttle";
export { beginTwoFactor, confirmTwoFactor, disableTwoFactor, renewRecoveryCodes } from "./two-factor";
export { createUser, findUserByEmail, type NewUser } from "./users";
