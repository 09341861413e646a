import type { IncomingMessage, ServerResponse } from "node:http";

/** What the simulator saw of one request. */
export interface ReceivedRequest {
  readonly number: number;
  readonly method: string;
  readonly path: string;
  /** What stands behind the path's `?`. */
  readonly query: string;
  /** What stands before `/v1` in the path. */
  readonly provider: string;
  readonly model: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Parsed JSON, or the text when it was none. */
  readonly body: unknown;
  /** Null until the answer has begun. */
  status: number | null;
  state: "open" | "finished" | "aborted";
  /** Bytes of the answer's body and head that were handed to the connection. */
  bytesSent: number;
}

export interface Journal {
  add(
    request: IncomingMessage,
    response: ServerResponse,
    about: Pick<ReceivedRequest, "path" | "provider" | "model" | "body">,
  ): void;
  list(): ReceivedRequest[];
  reset(): void;
}

const MAX_KEPT = 5_000;

/** The last requests, oldest first. */
export function createJournal(): Journal {
  let entries: ReceivedRequest[] = [];
  let count = 0;
  return {
    add(request, response, about) {
      count += 1;
      const bytesBefore = request.socket.bytesWritten;
      const entry: ReceivedRequest = {
        ...about,
        number: count,
        method: request.method ?? "",
        query: (request.url ?? "").split("?")[1] ?? "",
        headers: { ...request.headers },
        status: null,
        state: "open",
        bytesSent: 0,
      };
      entries.push(entry);
      if (entries.length > MAX_KEPT) entries = entries.slice(-MAX_KEPT / 2);
      response.once("close", () => {
        entry.status = response.headersSent ? response.statusCode : null;
        entry.state = response.writableFinished ? "finished" : "aborted";
        entry.bytesSent = request.socket.bytesWritten - bytesBefore;
      });
    },
    list: () => entries.map((entry) => ({ ...entry })),
    reset() {
      entries = [];
    },
  };
}
