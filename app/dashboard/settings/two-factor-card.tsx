"use client";

import { useState } from "react";
import { Badge } from "@/app/_ui/badge";
import { Button } from "@/app/_ui/button";
import { Card } from "@/app/_ui/card";
import { DisableTwoFactor } from "./disable-two-factor";
import { RenewRecoveryCodes } from "./renew-recovery-codes";
import { SetUpTwoFactor } from "./set-up-two-factor";

/** Whether signing in takes a code as well, and the way to change that. */
export function TwoFactorCard({ isOn }: { readonly isOn: boolean }) {
  const [isOpen, setOpen] = useState(false);
  const [isRenewing, setRenewing] = useState(false);
  const close = () => setOpen(false);
  return (
    <Card className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 p-5">
      <div className="grid min-w-0 gap-1">
        <h2 className="flex items-center gap-2 font-medium text-lg">
          Two-factor sign-in
          <Badge tone={isOn ? "positive" : "neutral"}>{isOn ? "On" : "Off"}</Badge>
        </h2>
        <p className="max-w-prose text-ink-2 text-sm">
          {isOn
            ? "Signing in takes a code from your authenticator app, or a recovery code."
            : "With it, your password alone opens nothing: signing in takes a code from your phone as well."}
        </p>
      </div>
      <div className="flex flex-wrap gap-2">
        {isOn && (
          <Button variant="secondary" onClick={() => setRenewing(true)}>
            New recovery codes…
          </Button>
        )}
        <Button variant={isOn ? "secondary" : "primary"} onClick={() => setOpen(true)}>
          {isOn ? "Turn off…" : "Set up…"}
        </Button>
      </div>
      <RenewRecoveryCodes open={isRenewing} onClose={() => setRenewing(false)} />
      {isOn ? (
        <DisableTwoFactor open={isOpen} onClose={close} />
      ) : (
        <SetUpTwoFactor open={isOpen} onClose={close} />
      )}
    </Card>
  );
}
