"use client";

import { useMutation } from "@tanstack/react-query";
import { toApiError, useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { AccountCard } from "../_parts/account-card";
import { FormError } from "../_parts/form-error";
import { signOut } from "../session";

interface AcceptFormProps {
  readonly organizationName: string;
  /** The address that was invited, and the one of this session. */
  readonly email: string;
  readonly signedInAs: string;
  readonly role: string;
  readonly token: string;
}

export function AcceptForm({ organizationName, email, signedInAs, role, token }: AcceptFormProps) {
  const trpc = useTRPC();
  const accept = useMutation(
    trpc.members.acceptInvitation.mutationOptions({
      // A whole new page: the dashboard is now another organization's.
      onSuccess: () => window.location.assign("/dashboard"),
    }),
  );
  if (email.toLowerCase() !== signedInAs.toLowerCase()) {
    const back = new URLSearchParams({ next: `/invitation?token=${token}`, email });
    return (
      <AccountCard
        title={`Join ${organizationName}`}
        lead={
          <>
            This invitation is for <strong className="break-all font-medium text-ink">{email}</strong>, but
            you are signed in as <strong className="break-all font-medium text-ink">{signedInAs}</strong>.
          </>
        }
      >
        <Button size="lg" onClick={() => void signOut(`/sign-in?${back}`)}>
          Sign in with the other address
        </Button>
      </AccountCard>
    );
  }
  return (
    <AccountCard
      title={`Join ${organizationName}`}
      lead={
        <>
          You are invited as {role} and signed in as{" "}
          <strong className="break-all font-medium text-ink">{signedInAs}</strong>. Your own organization
          stays as it is; you can switch between the two at any time.
        </>
      }
    >
      <FormError message={accept.error && toApiError(accept.error).message} />
      <Button
        size="lg"
        loading={accept.isPending || accept.isSuccess}
        onClick={() => accept.mutate({ token })}
      >
        Accept and open {organizationName}
      </Button>
    </AccountCard>
  );
}
