import { fetchRequestHandler } from "@trpc/server/adapters/fetch";
import { createContext, type TrpcCall } from "./context";
import { appErrorOf } from "./error";
import { appRouter } from "./root";
import type { TrpcServices } from "./services";

/** One batch carries at most this many calls. */
const MAX_BATCH_SIZE = 20;

/** Answers a tRPC request of the browser. Never cached; what broke on our side is logged with its request id. */
export async function answerTrpc(
  services: TrpcServices,
  request: Request,
  defer: TrpcCall["defer"],
): Promise<Response> {
  return fetchRequestHandler({
    endpoint: "/api/trpc",
    req: request,
    router: appRouter,
    maxBatchSize: MAX_BATCH_SIZE,
    createContext: ({ resHeaders }) => {
      resHeaders.set("cache-control", "no-store");
      return createContext(services, { headers: request.headers, responseHeaders: resHeaders, defer });
    },
    onError({ error, path, ctx }) {
      const known = appErrorOf(error);
      if (known.status < 500) return;
      services.log.error(
        { requestId: ctx?.requestId, procedure: path, code: known.code, internal: known.internal },
        "procedure failed",
      );
    },
  });
}
