import { runtime } from "@/server/runtime";

/** Can the process serve? Asks the database. */
export const GET = async () => {
  const isReady = await runtime().isReady();
  return Response.json({ status: isReady ? "ok" : "unavailable" }, { status: isReady ? 200 : 503 });
};
