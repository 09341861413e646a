"use client";

import { useMutation } from "@tanstack/react-query";
import { Button } from "@/app/_ui/button";
import { leaveFor } from "../session";
import { FormError } from "./form-error";
import { GitHubMark, GoogleMark } from "./provider-marks";

const PROVIDERS = {
  github: { name: "GitHub", mark: <GitHubMark /> },
  google: { name: "Google", mark: <GoogleMark /> },
} as const;
export type Provider = keyof typeof PROVIDERS;

interface ProviderButtonsProps {
  /** Those that are configured here; without any nothing is drawn. */
  readonly providers: readonly Provider[];
  /** A path of our own, already judged. */
  readonly next: string;
}

/** The ways in through another service, and what divides them from the form below. */
export function ProviderButtons({ providers, next }: ProviderButtonsProps) {
  const leave = useMutation({ mutationFn: (provider: Provider) => leaveFor(provider, next) });
  if (providers.length === 0) return null;
  return (
    <div className="grid gap-3">
      {providers.map((provider) => (
        <Button
          key={provider}
          variant="secondary"
          size="lg"
          loading={leave.isPending && leave.variables === provider}
          disabled={leave.isPending}
          onClick={() => leave.mutate(provider)}
        >
          {PROVIDERS[provider].mark}
          Continue with {PROVIDERS[provider].name}
        </Button>
      ))}
      <FormError message={leave.data?.message} />
      <p className="flex items-center gap-3 text-ink-2 text-sm before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
        or
      </p>
    </div>
  );
}
