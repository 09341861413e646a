import type { Scenario } from "./scenario";

/** An answer as a protocol wrote it, before pace and faults are applied. */
export type Script = WholeScript | StreamScript;

export type Piece = string | Uint8Array;

export interface WholeScript {
  readonly kind: "whole";
  readonly status: number;
  /** JSON when left out. */
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: Piece;
  /** Tokens that the answer took; decides how long it takes to come. */
  readonly tokens: number;
  /** The 200 body with an error in it, for the `error-event` fault. */
  readonly failure: string;
}

export interface StreamScript {
  readonly kind: "stream";
  /** Server-sent events when left out. */
  readonly contentType?: string;
  /** What comes before the first token. */
  readonly opening: Piece;
  /** One event per token. */
  readonly events: readonly Piece[];
  /** Finish reason, usage, end mark. */
  readonly closing: Piece;
  readonly failure: Piece;
}

/** A request as the simulator received it. */
export interface ProtocolRequest {
  readonly id: string;
  readonly nowSeconds: number;
  readonly path: string;
  /** Where this simulator is reached, for addresses in answers. */
  readonly url: string;
  readonly header: (name: string) => string | undefined;
  /** Whatever JSON it was; of a form its text fields; undefined when neither. */
  readonly body: unknown;
  /** Files of a form, by field. */
  readonly files: Readonly<Record<string, readonly SentFile[]>>;
  readonly scenario: Scenario;
}

export interface SentFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** A wire format that the simulator speaks. One file each in `protocols/`. */
export interface Protocol {
  /** POST when left out. */
  readonly method?: "GET" | "DELETE" | "PUT";
  /** How the request's path ends. */
  readonly path: string | RegExp;
  /** The upstream model, where it is not the body's `model`. */
  model?(path: string): string;
  /** @throws ProtocolError for a request that the real provider would refuse */
  answer(request: ProtocolRequest): Promise<Script>;
  /** Body of an HTTP error in this protocol's shape. */
  error(status: number, message: string): string;
}

export class ProtocolError extends Error {
  constructor(
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}
