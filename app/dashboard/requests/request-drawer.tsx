"use client";

import { ChevronDown, ChevronUp } from "lucide-react";
import { ButtonLink } from "@/app/_ui/button-link";
import { Drawer } from "@/app/_ui/drawer";
import { IconButton } from "@/app/_ui/icon-button";
import { RequestView } from "./[id]/request-view";

interface RequestDrawerProps {
  readonly id: string | null;
  /** The list that it was opened from, newest first. */
  readonly ids: readonly string[];
  readonly onOpen: (id: string | null) => void;
}

/** One request over the list: the next and the previous are a key away, and the list stays where it was. */
export function RequestDrawer({ id, ids, onOpen }: RequestDrawerProps) {
  const at = id === null ? -1 : ids.indexOf(id);
  const [newer, older] = at === -1 ? [undefined, undefined] : [ids[at - 1], ids[at + 1]];
  return (
    <Drawer
      open={id !== null}
      onClose={() => onOpen(null)}
      title="Request"
      actions={
        <>
          <IconButton
            label="Newer request (K)"
            icon={<ChevronUp aria-hidden="true" />}
            disabled={newer === undefined}
            onClick={() => newer && onOpen(newer)}
          />
          <IconButton
            label="Older request (J)"
            icon={<ChevronDown aria-hidden="true" />}
            disabled={older === undefined}
            onClick={() => older && onOpen(older)}
          />
          <ButtonLink variant="secondary" size="sm" href={`/dashboard/requests/${id}`}>
            Open page
          </ButtonLink>
        </>
      }
    >
      {id !== null && <RequestView id={id} isNarrow />}
    </Drawer>
  );
}
