import { runtime } from "@/server/runtime";

/** Prometheus' format, for whoever has the token; 404 where there is none. */
export const GET = (request: Request) => runtime().metrics(request);
