"use client";

import { Dialog } from "@base-ui/react/dialog";
import { Menu as MenuIcon, X } from "lucide-react";
import { type ReactNode, useState } from "react";
import { CommandButton, CommandCentre } from "../commands/command-menu";
import type { Jump } from "../commands/keys";
import { IconButton } from "../icon-button";
import { SkipLink } from "../skip-link";
import { Nav, type NavGroup } from "./nav";
import { type ShellUser, UserMenu } from "./user-menu";

interface DashboardShellProps {
  /** Whose dashboard this is: a menu, at the head of the sidebar and of the bar on phones. */
  readonly organization: ReactNode;
  readonly user: ShellUser;
  readonly nav: readonly NavGroup[];
  readonly onSignOut: () => void | Promise<void>;
  /** Keys that lead to places, after `g`. */
  readonly jumps?: readonly Jump[];
  /** Stands above every page: what has to be known first. */
  readonly banner?: ReactNode;
  readonly children: ReactNode;
}

/** The frame of the signed-in product: a sidebar on wide screens, a drawer on narrow ones. */
export function DashboardShell({ banner, children, jumps, ...side }: DashboardShellProps) {
  const places = side.nav.flatMap(({ label, items }) =>
    items.map((item) => ({ group: label ?? "Dashboard", href: item.href, label: item.label })),
  );
  return (
    <div className="min-h-dvh md:grid md:grid-cols-[15rem_minmax(0,1fr)]">
      <SkipLink />
      <aside className="sticky top-0 hidden h-dvh flex-col border-line border-r bg-sunken p-3 md:flex">
        <SideContent {...side} />
      </aside>
      <div className="flex min-w-0 flex-col">
        <PhoneBar {...side} />
        <CommandCentre places={places} jumps={jumps} />
        <main
          id="main"
          tabIndex={-1}
          className="mx-auto w-full max-w-6xl px-4 py-6 outline-none sm:px-6 md:px-8 md:py-8"
        >
          {banner && <div className="mb-6 empty:hidden">{banner}</div>}
          {children}
        </main>
      </div>
    </div>
  );
}

type SideProps = Omit<DashboardShellProps, "banner" | "children" | "jumps"> & {
  readonly onNavigate?: () => void;
};

function SideContent({ organization, user, nav, onSignOut, onNavigate }: SideProps) {
  return (
    <>
      {organization}
      <CommandButton hasWord className="mt-3 w-full border border-line-strong bg-raised" />
      <div className="-mx-1 mt-4 flex-1 overflow-y-auto px-1 py-1">
        <Nav groups={nav} onNavigate={onNavigate} />
      </div>
      <UserMenu user={user} onSignOut={onSignOut} />
    </>
  );
}

function PhoneBar(side: SideProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <header className="sticky top-0 z-30 flex h-14 items-center justify-between gap-2 border-line border-b bg-canvas/90 px-2 backdrop-blur md:hidden">
      <div className="min-w-0">{side.organization}</div>
      <Dialog.Root open={isOpen} onOpenChange={setOpen}>
        <Dialog.Trigger
          render={
            <IconButton className="size-10" label="Open navigation" icon={<MenuIcon aria-hidden="true" />} />
          }
        />
        <Dialog.Portal>
          <Dialog.Backdrop className="fixed inset-0 z-40 bg-overlay transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0" />
          <Dialog.Popup className="fixed inset-y-0 right-0 z-50 flex w-[min(20rem,86vw)] flex-col border-line border-l bg-raised p-3 shadow-pop outline-none transition-transform duration-200 ease-out data-ending-style:translate-x-full data-starting-style:translate-x-full">
            <Dialog.Title className="sr-only">Navigation</Dialog.Title>
            <Dialog.Close
              render={
                <IconButton
                  className="absolute top-3.5 right-3 size-10"
                  label="Close navigation"
                  icon={<X aria-hidden="true" />}
                />
              }
            />
            <SideContent
              {...side}
              // The cross stands beside it.
              organization={<div className="mr-11">{side.organization}</div>}
              onNavigate={() => setOpen(false)}
            />
          </Dialog.Popup>
        </Dialog.Portal>
      </Dialog.Root>
    </header>
  );
}
