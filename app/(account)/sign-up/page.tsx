import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { serverApi, sessionActor } from "@/app/_trpc/server";
import { ownPath } from "@/server/auth/own-path";
import { SignUpForm } from "./sign-up-form";

export const metadata: Metadata = { title: "Sign up" };

interface Props {
  readonly searchParams: Promise<Record<string, string | string[] | undefined>>;
}

export default async function SignUpPage({ searchParams }: Props) {
  const { next, email } = await searchParams;
  const target = ownPath(next, "/dashboard");
  if (await sessionActor()) redirect(target);
  return (
    <SignUpForm
      providers={await (await serverApi()).account.providers()}
      next={target}
      email={typeof email === "string" ? email : ""}
    />
  );
}
