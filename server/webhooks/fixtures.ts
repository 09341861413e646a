import { createServer, type IncomingHttpHeaders, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { SYSTEM_ACTOR } from "@/server/audit";
import { type EventType, emitEvent } from "@/server/events";
import { createOwnerFixture } from "@/server/keys/fixtures";
import type { Clock } from "@/server/platform/clock";
import type { Database } from "@/server/platform/database";
import { createGuardedClient } from "@/server/platform/guarded-client";
import { createSecretBox } from "@/server/platform/secret-box";
import { createEndpoint, type DeliverDeps, deliverDue, dispatchEvents } from ".";

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** How it answers from now on. */
  answer: RequestListener;
  close(): Promise<void>;
}

/** A real HTTP server that keeps what it is sent. */
export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      receiver.answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`,
    received,
    answer: (_request, response) => void response.writeHead(204).end(),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return receiver;
}

/** Everything that sends, allowed to reach this machine. */
export function webhookFixture(db: Database, clock: Clock) {
  const secretBox = createSecretBox("a secret for these tests");
  const client = createGuardedClient({ allowsLoopback: true });
  const deps: DeliverDeps = { db, clock, client, secretBox, allowsLoopback: true, random: () => 0.5 };
  const data = { key_id: "key_1", name: "Zoë's key", project_id: "prj_1" };
  return {
    deps,
    client,
    async organization(): Promise<string> {
      return (await createOwnerFixture(db)).organizationId;
    },
    endpoint(organizationId: string, url: string, eventTypes: readonly string[] = []) {
      const terms = { url, description: "", eventTypes };
      return db.transaction((tx) =>
        createEndpoint(tx, clock, deps, { organizationId, by: SYSTEM_ACTOR, terms }),
      );
    },
    happen(organizationId: string, type: EventType = "key.created"): Promise<string> {
      return emitEvent(db, { organizationId, type, data } as Parameters<typeof emitEvent>[1]);
    },
    /** One run of the job's two steps. */
    async run() {
      await dispatchEvents(db, clock);
      return deliverDue(deps);
    },
  };
}
