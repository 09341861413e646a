"use client";

import { type ComponentProps, createContext, useContext } from "react";

interface FieldParts {
  readonly controlId: string;
  /** Ids of the error, the warning and the hint, as far as they are drawn. */
  readonly describedBy: string | undefined;
  readonly isInvalid: boolean;
}

export const FieldContext = createContext<FieldParts | null>(null);

/** What ties a control to the `Field` around it; nothing where there is none. */
export function useFieldProps(): Pick<ComponentProps<"input">, "id" | "aria-describedby" | "aria-invalid"> {
  const field = useContext(FieldContext);
  if (!field) return {};
  return {
    id: field.controlId,
    "aria-describedby": field.describedBy,
    "aria-invalid": field.isInvalid || undefined,
  };
}
