import { auditActor, playgroundKey } from "@/server/organizations";
import { clientAddress } from "@/server/platform/client-address";
import type { TrpcServices } from "./services";
import { refuse, requireActor, requireOwnOrigin } from "./session-actor";

type Work = (work: Promise<unknown>) => void;

/** The inference API, called for a person as the key of their playground. */
type CallAs = (
  request: Request,
  waitUntil: Work,
  acting: { readonly keyId: string; readonly path: `/v1/${string}` },
) => Promise<Response>;

/**
 * `POST /api/playground/chat/completions`: what `POST /v1/chat/completions` answers, for the session of a page of ours.
 * Only who may is judged here; policies, budgets, the hold, the meter, the log and the receipt are the gateway's, which
 * cannot tell this request from a program's.
 */
export async function answerPlayground(
  services: TrpcServices,
  callAs: CallAs,
  request: Request,
  waitUntil: Work,
): Promise<Response> {
  try {
    requireOwnOrigin(services, request);
    const actor = await requireActor(services, request, "playground.use");
    const { organizationId, memberId } = actor;
    const by = auditActor(actor, clientAddress(request.headers, services.trustedProxyHops));
    const keyId = await services.db.transaction((tx) =>
      playgroundKey(tx, services.clock, { organizationId, memberId, by }),
    );
    const answer = await callAs(request, waitUntil, { keyId, path: "/v1/chat/completions" });
    // Next would compress the stream, and hold back what it has not filled a block with.
    answer.headers.set("cache-control", "no-store, no-transform");
    for (const name of [...answer.headers.keys()].filter((key) => key.startsWith("access-control-")))
      answer.headers.delete(name);
    return answer;
  } catch (thrown) {
    return refuse(services, thrown);
  }
}
