import { runtime } from "@/server/runtime";
import { answerAuditDownload } from "@/server/trpc";

export const GET = (request: Request) => answerAuditDownload(runtime().trpc, request);
