import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/**
 * refused: no connection stands. slow: answers come later by so much. cut: of an answer so many bytes come, and then the connection is
 * gone; what was asked for has been done. `times`: only of so many answers, then it works again. lies: whatever is asked,
 * this is the answer, and nobody has heard the question.
 */
export type CableFault =
  | { readonly kind: "none" | "refused" }
  | { readonly kind: "slow"; readonly ms: number }
  | { readonly kind: "cut"; readonly afterBytes: number; readonly times?: number }
  | { readonly kind: "lies"; readonly answer: string };

/** A wire between a client and a server on this machine that can be pulled, for tests of outages. */
export interface Cable {
  /** The same address through the cable. */
  readonly url: string;
  set(fault: CableFault): void;
  close(): Promise<void>;
}

export async function startCable(target: string): Promise<Cable> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  let fault: CableFault = { kind: "none" };
  let cuts = 0;

  const answer = (bytes: Buffer, client: Socket) => {
    if (client.destroyed) return;
    if (fault.kind === "slow") return void setTimeout(() => client.write(bytes), fault.ms);
    if (fault.kind !== "cut" || cuts >= (fault.times ?? Number.POSITIVE_INFINITY))
      return void client.write(bytes);
    cuts += 1;
    if (fault.afterBytes === 0) return void client.destroy();
    client.end(bytes.subarray(0, fault.afterBytes));
  };
  const server = createServer((client) => {
    if (fault.kind === "refused") return void client.destroy();
    const upstream = connect({ host: hostname, port: Number(port), noDelay: true });
    client.setNoDelay(true);
    const both = [client, upstream] as const;
    for (const [one, other] of [both, [upstream, client]] as const) {
      sockets.add(one);
      one.on("error", () => {});
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
    }
    client.on("data", (bytes) => {
      if (fault.kind === "lies") client.write(fault.answer);
      else upstream.write(bytes);
    });
    upstream.on("data", (bytes) => answer(bytes, client));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  const url = new URL(target);
  url.port = String((server.address() as AddressInfo).port);
  const pull = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: url.href,
    set(next) {
      fault = next;
      cuts = 0;
      if (next.kind === "refused") pull();
    },
    async close() {
      pull();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
