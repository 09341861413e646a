import { TRPCError } from "@trpc/server";

/** The answer of a procedure, or null when it says that there is nothing. Other errors go on. */
export async function orNull<Answer>(answer: Promise<Answer>): Promise<Answer | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof TRPCError && error.code === "NOT_FOUND") return null;
    throw error;
  }
}
