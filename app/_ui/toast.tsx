"use client";

import { Toast } from "@base-ui/react/toast";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "./icon-button";

/** Gives the pages below it `useToast()`. */
export function ToastProvider({ children }: { readonly children: ReactNode }) {
  return (
    <Toast.Provider>
      {children}
      <Toast.Portal>
        <Toast.Viewport className="fixed right-4 bottom-4 left-4 z-60 flex flex-col gap-2 sm:left-auto sm:w-90">
          <ToastList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function ToastList() {
  const { toasts } = Toast.useToastManager();
  return toasts.map((toast) => (
    <Toast.Root
      key={toast.id}
      toast={toast}
      className="surface border-line-strong p-3 shadow-pop transition data-ending-style:translate-y-2 data-starting-style:translate-y-2 data-ending-style:opacity-0 data-starting-style:opacity-0"
    >
      <Toast.Content className="flex items-start gap-3">
        <div className="grid min-w-0 flex-1 gap-0.5">
          <Toast.Title className="font-medium text-sm" />
          <Toast.Description className="text-ink-2 text-sm" />
        </div>
        <Toast.Close
          render={<IconButton label="Dismiss" icon={<X aria-hidden="true" />} className="-m-1" />}
        />
      </Toast.Content>
    </Toast.Root>
  ));
}

/** Says in passing that something happened. Errors that need an answer belong on the page instead. */
export function useToast(): (title: string, description?: string) => void {
  const { add } = Toast.useToastManager();
  return (title, description) => {
    add({ title, description });
  };
}
