import type { FormObject, FormValue } from "./form";

/** What Stripe answers to a request that it does not take. */
export class StripeRefusal extends Error {
  constructor(
    readonly status: number,
    readonly body: Readonly<Record<string, unknown>>,
  ) {
    super(String(body.message));
  }
}

function invalid(param: string, message: string, code = "parameter_invalid"): StripeRefusal {
  return new StripeRefusal(400, { type: "invalid_request_error", code, param, message });
}

export type Check = (value: FormValue, at: string) => void;

/** Checks by parameter. The type is the SDK's own: a name that Stripe does not publish does not compile. */
export type Shape<Params> = { readonly [Name in keyof Params]?: Check };

/** An object with these parameters and no other: what is not listed is not part of what this server plays. */
export function shape<Params>(
  checks: Shape<Params>,
  required: readonly (keyof Params & string)[] = [],
): Check {
  const known = checks as Readonly<Record<string, Check | undefined>>;
  return (value, at) => {
    if (typeof value === "string" || Array.isArray(value)) throw invalid(at, `Invalid object: ${at}`);
    for (const [name, inner] of Object.entries(value as FormObject)) {
      const path = at === "" ? name : `${at}[${name}]`;
      const check = Object.hasOwn(known, name) ? known[name] : undefined;
      if (!check) throw invalid(path, `Received unknown parameter: ${path}`, "parameter_unknown");
      check(inner, path);
    }
    for (const name of required)
      if (!Object.hasOwn(value, name))
        throw invalid(name, `Missing required param: ${name}.`, "parameter_missing");
  };
}

export const text =
  (max = 5_000): Check =>
  (value, at) => {
    if (typeof value !== "string" || value === "" || value.length > max)
      throw invalid(at, `Invalid string: ${at}`);
  };

export const integer =
  (min: number, max: number): Check =>
  (value, at) => {
    if (typeof value !== "string" || !/^-?\d+$/.test(value))
      throw invalid(at, `Invalid integer: ${String(value)}`);
    if (Number(value) < min || Number(value) > max) throw invalid(at, `${at} is out of range`);
  };

/** Stripe's bounds of an amount in US dollars: 50 cents to $999,999.99. */
export const amount = integer(50, 99_999_999);

export const oneOf =
  (...allowed: readonly string[]): Check =>
  (value, at) => {
    if (typeof value !== "string" || !allowed.includes(value))
      throw invalid(at, `Invalid ${at}: must be one of ${allowed.join(", ")}`);
  };

export const flag = oneOf("true", "false");

export const url: Check = (value, at) => {
  if (typeof value !== "string" || !URL.canParse(value))
    throw invalid(at, `Not a valid URL: ${at}`, "url_invalid");
};

export const list =
  (check: Check): Check =>
  (value, at) => {
    if (!Array.isArray(value)) throw invalid(at, `Invalid array: ${at}`);
    for (const [index, item] of (value as readonly FormValue[]).entries()) check(item, `${at}[${index}]`);
  };

/** At most 50 names of 40 characters with values of 500. */
export const metadata: Check = (value, at) => {
  if (typeof value === "string" || Array.isArray(value)) throw invalid(at, `Invalid object: ${at}`);
  const entries = Object.entries(value);
  if (
    entries.length > 50 ||
    entries.some(([name, item]) => name.length > 40 || typeof item !== "string" || item.length > 500)
  )
    throw invalid(at, `Invalid metadata: ${at}`);
};
