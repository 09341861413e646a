import { z } from "zod";
import { parsePercent } from "@/server/billing";

/** Fields that several forms of the console have. They come as texts, as a person typed them. */
export const reason = z.string().trim().min(1, "Say why.").max(500);

export const wholeNumber = z
  .string()
  .trim()
  .regex(/^\d{1,7}$/, "Enter a whole number.")
  .transform(Number);

export const percent = z
  .string()
  .trim()
  .max(8)
  .refine((text) => parsePercent(text) !== null, "Enter a percentage, such as 10 or 7.5.");
