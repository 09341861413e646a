import { Card } from "@/app/_ui/card";

/** For people who sign in through another service only. */
export function NoPasswordCard() {
  return (
    <Card className="grid gap-2 p-5">
      <h2 className="font-medium text-lg">Password</h2>
      <p className="text-ink-2 text-sm">
        Your account has none: another service signs you in. To set one, sign out and use “Forgot your
        password?” on the sign-in page; the link comes to your address.
      </p>
    </Card>
  );
}
