import { runtime } from "@/server/runtime";
import { answerUsageDownload } from "@/server/trpc";

export const GET = (request: Request) => answerUsageDownload(runtime().trpc, request);
