import type { Metadata } from "next";
import { serverApi } from "@/app/_trpc/server";
import { ownPath } from "@/server/auth/own-path";
import { AccountCard } from "../_parts/account-card";
import { TextLink } from "../_parts/text-link";
import { ConfirmForm } from "./confirm-form";
import { NewLinkForm } from "./new-link-form";

export const metadata: Metadata = { title: "Confirm your e-mail address" };

interface Props {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** Behind the link of the mail. Looking at it changes nothing, because mail scanners look too. */
export default async function VerifyEmailPage({ searchParams }: Props) {
  const { token, next } = await searchParams;
  if (typeof token !== "string" || token.length > 100)
    return <DeadLink title="Confirm your e-mail address" />;
  const { state, email, isSignUpBrowser } = await (await serverApi()).account.verification({ token });
  if (state === "ready" && email) {
    return (
      <ConfirmForm
        token={token}
        email={email}
        isSignUpBrowser={isSignUpBrowser}
        next={ownPath(next, "/dashboard")}
      />
    );
  }
  if (state === "used") {
    return (
      <DeadLink title="This link was used already">
        If your address is confirmed, <TextLink href="/sign-in">sign in</TextLink>. If a newer mail has come,
        use its link.
      </DeadLink>
    );
  }
  return <DeadLink title={state === "expired" ? "This link has expired" : "This link does not work"} />;
}

function DeadLink({ title, children }: { title: string; children?: React.ReactNode }) {
  return (
    <AccountCard
      title={title}
      lead={children ?? "Enter your address and we will send you a new link."}
      footer={
        <>
          No account yet? <TextLink href="/sign-up">Sign up</TextLink>
        </>
      }
    >
      <NewLinkForm />
    </AccountCard>
  );
}
