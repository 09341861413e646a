import { AppError } from "@/server/platform/errors";
import { parseUsd } from "@/server/platform/money";

/**
 * An amount as a form sends it, plain decimal US dollars, in nano-USD. What it has to be beside a number, such as whole
 * cents, is judged by whoever takes it.
 * @throws AppError invalid_request, naming the field
 */
export function usdOf(text: string, param = "amountUsd"): bigint {
  const amount = parseUsd(text);
  if (amount !== null) return amount;
  throw new AppError("invalid_request", {
    message: "Enter an amount in US dollars, such as 25 or 25.50.",
    param,
  });
}
