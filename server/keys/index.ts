export { createKeyFinder, type FindKey, findKeyContext, type KeyContext } from "./finder";
export {
  type ApiKey,
  createKey,
  defaultProjectId,
  type KeyState,
  type KeyStatus,
  listKeys,
  type NewKey,
  readKeyState,
  revokeKey,
} from "./keys";
export {
  createManagementKey,
  findManagementKey,
  listManagementKeys,
  type ManagementKey,
  revokeManagementKey,
} from "./management-keys";
export { MAX_NAME_LENGTH, toKeyName } from "./name";
export { playgroundKeyOf } from "./playground-key";
export { releaseKeysOf, revokeKeysIn } from "./release";
export { rotateKey } from "./rotate";
export { MANAGEMENT_SCOPES, type ManagementScope } from "./scopes";
export { hashSecret, parseSecret } from "./secret";
