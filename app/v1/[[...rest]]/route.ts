import { after } from "next/server";
import { runtime } from "@/server/runtime";

// Everything that is no endpoint: the gateway answers in the API's own error shape, not with a page.
const answer = (request: Request) => runtime().answer(request, after);

export { answer as DELETE, answer as GET, answer as OPTIONS, answer as PATCH, answer as POST, answer as PUT };
