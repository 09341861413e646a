"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/app/_trpc/client";
import { Card } from "@/app/_ui/card";
import { PageHeader } from "@/app/_ui/page-header";
import { QueryView } from "../_parts/query-view";
import { RowsSkeleton } from "../_parts/skeletons";
import { LinkedAccounts } from "./linked-accounts";
import { NoPasswordCard } from "./no-password-card";
import { OwnData } from "./own-data";
import { PasswordCard } from "./password-card";
import { ProfileCard } from "./profile-card";
import { Sessions } from "./sessions";
import { TwoFactorCard } from "./two-factor-card";

/** What belongs to the person, not to an organization. */
export function SettingsScreen() {
  const trpc = useTRPC();
  const profile = useQuery(trpc.account.profile.queryOptions());
  return (
    <>
      <PageHeader
        title="Account settings"
        description="Your name, your password and the browsers you are signed in with. They are the same in every organization."
      />
      <QueryView
        query={profile}
        skeleton={
          <Card className="p-0">
            <RowsSkeleton rows={4} />
          </Card>
        }
      >
        {(own) => (
          <div className="grid items-start gap-6 lg:grid-cols-2">
            <ProfileCard name={own.name} email={own.email} />
            {own.hasPassword ? <PasswordCard email={own.email} /> : <NoPasswordCard />}
          </div>
        )}
      </QueryView>
      {profile.data && <TwoFactorCard isOn={profile.data.hasTwoFactor} />}
      <LinkedAccounts />
      <Sessions />
      {profile.data && (
        <OwnData hasPassword={profile.data.hasPassword} hasTwoFactor={profile.data.hasTwoFactor} />
      )}
    </>
  );
}
