import { runtime } from "@/server/runtime";
import { answerRequestsDownload } from "@/server/trpc";

export const POST = (request: Request) => answerRequestsDownload(runtime().trpc, request);
