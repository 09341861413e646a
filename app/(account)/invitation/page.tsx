import type { Metadata } from "next";
import { serverApi, sessionActor } from "@/app/_trpc/server";
import { ButtonLink } from "@/app/_ui/button-link";
import { AccountCard } from "../_parts/account-card";
import { AcceptForm } from "./accept-form";

export const metadata: Metadata = { title: "Invitation" };

interface Props {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** Behind the link of an invitation. Looking at it joins nobody, because mail scanners look too. */
export default async function InvitationPage({ searchParams }: Props) {
  const { token } = await searchParams;
  const isReadable = typeof token === "string" && token.length <= 100;
  const invitation = isReadable ? await (await serverApi()).members.invitation({ token }) : null;
  if (!isReadable || !invitation) {
    return (
      <AccountCard
        title="This invitation does not work"
        lead="It was used, taken back, or is older than 7 days. Ask whoever invited you to send it again."
      >
        <ButtonLink href="/dashboard" variant="secondary" size="lg">
          Go to the dashboard
        </ButtonLink>
      </AccountCard>
    );
  }
  const actor = await sessionActor();
  if (!actor) return <SignedOut {...invitation} token={token} />;
  return <AcceptForm {...invitation} token={token} signedInAs={actor.email} />;
}

function SignedOut({
  organizationName,
  email,
  role,
  token,
}: {
  readonly organizationName: string;
  readonly email: string;
  readonly role: string;
  readonly token: string;
}) {
  const query = new URLSearchParams({ next: `/invitation?token=${token}`, email });
  return (
    <AccountCard
      title={`Join ${organizationName}`}
      lead={
        <>
          You are invited as {role}. The invitation is for{" "}
          <strong className="break-all font-medium text-ink">{email}</strong>: sign in with that address, or
          create an account with it. You come back here afterwards.
        </>
      }
    >
      <div className="grid gap-3">
        <ButtonLink href={`/sign-in?${query}`} size="lg">
          Sign in
        </ButtonLink>
        <ButtonLink href={`/sign-up?${query}`} variant="secondary" size="lg">
          Create an account
        </ButtonLink>
      </div>
    </AccountCard>
  );
}
