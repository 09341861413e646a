import { after } from "next/server";
import { runtime } from "@/server/runtime";
import { answerTrpc } from "@/server/trpc";

const answer = (request: Request) => answerTrpc(runtime().trpc, request, after);

export { answer as GET, answer as POST };
