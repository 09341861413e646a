"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useContext, useLayoutEffect } from "react";
import { HoldContext } from "./dialog";

/**
 * Keeps the dialog around it open while a mutation is under way, whose outcome is told in it: a secret that is shown once must
 * not arrive where nobody looks, or be taken for another one at the next opening. The cache is asked when somebody wants to
 * close: a key can follow a click before any state of the page has changed.
 */
export function HoldDialog() {
  const hold = useContext(HoldContext);
  const client = useQueryClient();
  useLayoutEffect(() => {
    hold(() => client.isMutating() > 0);
    return () => hold(() => false);
  }, [hold, client]);
  return null;
}
