import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { serverApi, sessionActor } from "@/app/_trpc/server";
import { ownPath } from "@/server/auth/own-path";
import { CodeForm } from "./code-form";
import { SignInForm } from "./sign-in-form";

export const metadata: Metadata = { title: "Sign in" };

const FAILED = "Signing in there did not work. Try again, or use your password.";

/** Why another service's word was not enough. The address line says which reason, never a text. */
const REFUSED: ReadonlyMap<unknown, string> = new Map([
  ["email_not_verified", "Your e-mail address is not verified there. Verify it, or sign in with a password."],
  ["account_suspended", "This account is suspended. Write to support if you think that this is a mistake."],
]);

interface Props {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function SignInPage({ searchParams }: Props) {
  const { next, email, reset, proof, refused, error, deleted } = await searchParams;
  const target = ownPath(next, "/dashboard");
  if (await sessionActor()) redirect(target);
  if (typeof proof === "string") return <CodeForm proof={proof} next={target} />;
  return (
    <SignInForm
      providers={await (await serverApi()).account.providers()}
      problem={refused ? (REFUSED.get(refused) ?? FAILED) : error ? FAILED : null}
      next={target}
      email={typeof email === "string" ? email : ""}
      notice={
        reset === "done"
          ? "Your password is changed. Sign in with the new one."
          : deleted === "yes"
            ? "Your account is deleted."
            : null
      }
    />
  );
}
