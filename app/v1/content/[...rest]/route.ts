import { after } from "next/server";
import { runtime } from "@/server/runtime";

export const maxDuration = 300;
const answer = (request: Request) => runtime().answer(request, after);

// Which methods a path takes is the gateway's to say, in the API's own error shape.
export { answer as DELETE, answer as GET, answer as OPTIONS, answer as PATCH, answer as POST, answer as PUT };
