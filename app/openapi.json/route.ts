import { openApiDocument } from "@/server/management/openapi";
import { runtime } from "@/server/runtime";

/** The OpenAPI 3.1 document of this installation; any page may read it. */
export const GET = () =>
  Response.json(openApiDocument(`${runtime().trpc.appUrl}/v1`), {
    headers: { "access-control-allow-origin": "*", "cache-control": "public, max-age=300" },
  });

export const dynamic = "force-dynamic";
