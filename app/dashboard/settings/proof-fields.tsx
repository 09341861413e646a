"use client";

import { Field, Input, PasswordInput } from "@/app/_ui/field";

/** What proves who sits there. Empty where it is not asked for. */
export interface Proof {
  readonly password: string;
  readonly code: string;
}
export const NO_PROOF: Proof = { password: "", code: "" };

interface ProofFieldsProps {
  readonly proof: Proof;
  readonly onChange: (proof: Proof) => void;
  readonly asksPassword?: boolean;
  readonly asksCode?: boolean;
}

/** The password and a code, as far as the person has them. */
export function ProofFields({ proof, onChange, asksPassword = true, asksCode = true }: ProofFieldsProps) {
  return (
    <>
      {asksPassword && (
        <Field label="Your password">
          <PasswordInput
            autoComplete="current-password"
            value={proof.password}
            onChange={(event) => onChange({ ...proof, password: event.target.value })}
          />
        </Field>
      )}
      {asksCode && (
        <Field label="Code" hint="From your authenticator app, or a recovery code.">
          <Input
            autoComplete="one-time-code"
            value={proof.code}
            onChange={(event) => onChange({ ...proof, code: event.target.value })}
          />
        </Field>
      )}
    </>
  );
}
