import type { AuditActor } from "@/server/audit";
import type { BillingDeps } from "@/server/billing";
import { AppError } from "@/server/platform/errors";
import { parseUsd } from "@/server/platform/money";
import type { OptionValues } from "./commands";
import type { OperatorConsole } from "./console";

export const OPERATOR: AuditActor = { kind: "operator", id: null, label: "Operator", ip: null };

/** Nobody pays from the command line: the sandbox is off. */
export function stripeDeps({ clock, stripe }: OperatorConsole): BillingDeps {
  return { clock, stripe: stripe(), sandboxPayments: false };
}

/** @throws AppError when the option is missing or empty */
export function requiredText(values: OptionValues, name: string): string {
  const value = values[name];
  if (typeof value !== "string" || value.trim() === "")
    throw new AppError("invalid_request", { message: `--${name} is missing.`, param: name });
  return value.trim();
}

export function optionalText(values: OptionValues, name: string): string | undefined {
  const value = values[name];
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

/** A coming instant with its zone, such as 2026-12-31T23:59:59Z. @throws AppError when it is none, or has passed */
export function optionalInstant(values: OptionValues, name: string, nowMs: number): Date | undefined {
  const text = optionalText(values, name);
  if (text === undefined) return undefined;
  const ms = /T.*(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms) || ms <= nowMs)
    throw new AppError("invalid_request", {
      message: `--${name} must be an instant to come with its zone, like 2026-12-31T23:59:59Z.`,
      param: name,
    });
  return new Date(ms);
}

/** An amount such as `25` or `0.50` in nano-USD. @throws AppError when it is none, or not above zero */
export function requiredUsd(values: OptionValues, name: string): bigint {
  const amount = parseUsd(requiredText(values, name));
  if (amount === null || amount <= 0n)
    throw new AppError("invalid_request", {
      message: `--${name} must be an amount of USD above zero.`,
      param: name,
    });
  return amount;
}

/** One of the names, or the default. @throws AppError when it is another */
export function oneOf<Name extends string>(
  values: OptionValues,
  option: string,
  names: readonly Name[],
  standard: Name,
): Name {
  const text = optionalText(values, option) ?? standard;
  const found = names.find((name) => name === text);
  if (found) return found;
  throw new AppError("invalid_request", {
    message: `--${option} must be one of ${names.join(", ")}.`,
    param: option,
  });
}

/** A whole number from 1 on, or the default. @throws AppError when it is none, or above the largest */
export function wholeNumber(values: OptionValues, option: string, standard: number, largest: number): number {
  const text = optionalText(values, option) ?? String(standard);
  const number = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= largest) return number;
  throw new AppError("invalid_request", {
    message: `--${option} must be a whole number from 1 to ${largest}.`,
    param: option,
  });
}
