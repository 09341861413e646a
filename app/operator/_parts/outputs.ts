import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "@/server/trpc";

/** What the procedures of the console answer. */
export type Outputs = inferRouterOutputs<AppRouter>["operator"];
