import type { ComponentProps } from "react";
import { type ButtonStyleProps, buttonStyles } from "./button-styles";
import { cn } from "./cn";
import { Link } from "./link";

interface ButtonLinkProps extends ComponentProps<typeof Link>, ButtonStyleProps {}

/** A link that looks like a button: it leads somewhere, it does not do something. */
export function ButtonLink({ variant, size, className, ...rest }: ButtonLinkProps) {
  return <Link {...rest} className={cn(buttonStyles({ variant, size }), className)} />;
}
