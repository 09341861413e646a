import { runtime } from "@/server/runtime";
import { answerAccountDownload } from "@/server/trpc";

export const GET = (request: Request) => answerAccountDownload(runtime().trpc, request);
