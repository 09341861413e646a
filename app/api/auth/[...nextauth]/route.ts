import type { NextRequest } from "next/server";
import { answerAuth } from "@/server/auth/next-auth";
import { runtime } from "@/server/runtime";

interface Params {
  params: Promise<{ nextauth: string[] }>;
}

const answer = (request: NextRequest, context: Params) => answerAuth(runtime().trpc, request, context);

export { answer as GET, answer as POST };
