import { ChevronDown } from "lucide-react";
import { useId } from "react";
import { cn } from "./cn";
import { controlStyles } from "./control-styles";
import type { SelectProps } from "./select";

type NativeSelectProps = Pick<SelectProps, "label" | "value" | "options" | "onValueChange" | "className">;

/** One of a list, by the browser's own means: for pages whose first visit counts. Phones show their own picker. */
export function NativeSelect({ label, value, options, onValueChange, className }: NativeSelectProps) {
  const id = useId();
  return (
    <div className={cn("grid min-w-0 gap-1.5 sm:min-w-40", className)}>
      <label htmlFor={id} className="w-fit font-medium text-sm">
        {label}
      </label>
      <span className="relative block">
        <select
          id={id}
          value={value}
          onChange={(event) => onValueChange(event.target.value)}
          className={cn(controlStyles, "appearance-none truncate pr-9")}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
        <ChevronDown
          aria-hidden="true"
          className="pointer-events-none absolute inset-y-0 right-3 my-auto size-4 text-ink-2"
        />
      </span>
    </div>
  );
}
