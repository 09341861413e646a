import { cva, type VariantProps } from "class-variance-authority";

/** The looks of a button, for buttons and for links that look like one. Callable on the server. */
export const buttonStyles = cva(
  "inline-flex shrink-0 select-none items-center justify-center gap-2 whitespace-nowrap rounded-lg border font-medium transition-colors duration-150 data-disabled:cursor-not-allowed data-disabled:opacity-55 [&_svg]:shrink-0",
  {
    variants: {
      variant: {
        primary: "border-transparent bg-ink text-inverse not-data-disabled:hover:bg-ink/85",
        accent: "border-transparent bg-accent text-accent-ink not-data-disabled:hover:bg-accent-strong",
        secondary:
          "border-line-strong bg-raised text-ink not-data-disabled:hover:border-control not-data-disabled:hover:bg-hover",
        ghost:
          "border-transparent text-ink-2 not-data-disabled:hover:bg-hover not-data-disabled:hover:text-ink",
        danger:
          "border-transparent bg-danger text-white not-data-disabled:hover:brightness-90 dark:text-black",
      },
      size: {
        sm: "h-8 px-3 text-[0.8125rem]",
        md: "h-9 px-3.5 text-sm",
        lg: "h-11 px-5 text-[0.9375rem]",
      },
    },
    defaultVariants: { variant: "primary", size: "md" },
  },
);

export type ButtonStyleProps = VariantProps<typeof buttonStyles>;
