import { SecretOnce } from "../_parts/secret-once";

/** A new secret of a key, once. */
export function SecretStep({ secret, onDone }: { readonly secret: string; readonly onDone: () => void }) {
  return (
    <SecretOnce secret={secret} copyLabel="Copy key" onDone={onDone}>
      This is the only time the key is shown. We keep a hash of it and cannot show it again; if it is lost,
      create another one.
    </SecretOnce>
  );
}
