import type { Metadata } from "next";
import { serverApi } from "@/app/_trpc/server";
import { AccountCard } from "../_parts/account-card";
import { TextLink } from "../_parts/text-link";
import { ResetPasswordForm } from "./reset-password-form";

export const metadata: Metadata = { title: "Choose a new password" };

interface Props {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function ResetPasswordPage({ searchParams }: Props) {
  const { token } = await searchParams;
  const isAlive =
    typeof token === "string" &&
    token.length <= 100 &&
    (await (await serverApi()).account.passwordReset({ token })).isAlive;
  if (isAlive) return <ResetPasswordForm token={token} />;
  return (
    <AccountCard
      title="This link does not work any more"
      lead="It was used, a newer one was sent, or its hour has passed."
      footer={<TextLink href="/sign-in">Back to sign in</TextLink>}
    >
      <p className="text-sm">
        <TextLink href="/forgot-password">Send me a new link</TextLink>
      </p>
    </AccountCard>
  );
}
