import { after } from "next/server";
import { runtime } from "@/server/runtime";

export const maxDuration = 300;
export const POST = (request: Request) => runtime().playground(request, after);
