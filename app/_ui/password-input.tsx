"use client";

import { Eye, EyeOff } from "lucide-react";
import { type ComponentProps, useState } from "react";
import { cn } from "./cn";
import { IconButton } from "./icon-button";
import { Input } from "./input";

/** A password with a switch to read what was typed. Pasting and password managers are welcome. */
export function PasswordInput({ className, ...rest }: Omit<ComponentProps<"input">, "type">) {
  const [isShown, setShown] = useState(false);
  return (
    <div className="relative">
      <Input
        {...rest}
        type={isShown ? "text" : "password"}
        spellCheck={false}
        autoCapitalize="none"
        className={cn("pr-11", className)}
      />
      <IconButton
        className="absolute top-1 right-1"
        label={isShown ? "Hide password" : "Show password"}
        aria-pressed={isShown}
        icon={isShown ? <EyeOff aria-hidden="true" /> : <Eye aria-hidden="true" />}
        onClick={() => setShown(!isShown)}
      />
    </div>
  );
}
