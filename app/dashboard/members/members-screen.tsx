"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Card } from "@/app/_ui/card";
import { PageHeader } from "@/app/_ui/page-header";
import { useMay } from "../_parts/actor";
import { QueryView } from "../_parts/query-view";
import { RowsSkeleton } from "../_parts/skeletons";
import { Invitations } from "./invitations";
import { InviteDialog } from "./invite-dialog";
import { LeaveCard } from "./leave-card";
import { MemberRow } from "./member-row";

/** Who belongs to the organization, who is asked to, and what each of them may do. */
export function MembersScreen() {
  const trpc = useTRPC();
  const list = useQuery(trpc.members.list.queryOptions());
  const mayManage = useMay("members.manage");
  const [isInviting, setInviting] = useState(false);
  return (
    <>
      <PageHeader
        title="Members"
        description="Everybody here shares one balance. A role says what somebody may do with it."
        actions={mayManage && <Button onClick={() => setInviting(true)}>Invite</Button>}
      />
      <Card className="overflow-hidden p-0">
        <QueryView query={list} skeleton={<RowsSkeleton rows={3} />}>
          {({ members, selfId }) => (
            <ul className="divide-y divide-line" aria-label="Members">
              {members.map((member) => (
                <MemberRow key={member.id} member={member} isSelf={member.id === selfId} />
              ))}
            </ul>
          )}
        </QueryView>
      </Card>
      {list.data && (
        <>
          <Invitations
            invitations={list.data.invitations}
            onInvite={mayManage ? () => setInviting(true) : null}
          />
          {list.data.members.length > 1 && <LeaveCard />}
        </>
      )}
      {mayManage && <InviteDialog open={isInviting} onClose={() => setInviting(false)} />}
    </>
  );
}
