import { readObject } from "../fields";
import { type DialectName, isDialectName } from "../model";

/**
 * What another provider's thinking needs to be sent back with. A Responses client keeps one opaque text per thinking
 * item (`encrypted_content`) and returns it unread, so whatever has to make the round trip travels inside it.
 */
export interface Envelope {
  readonly origin?: DialectName;
  readonly signature?: string;
  readonly opaque?: string;
  /** The signature belongs to the tool call with this id, not to a text. */
  readonly callId?: string;
}

const MARK = "dtk1.";

export function sealEnvelope(envelope: Envelope): string {
  return MARK + Buffer.from(JSON.stringify(envelope)).toString("base64url");
}

/** Was it sealed here? Then OpenAI cannot read it, and would refuse it. */
export function isEnvelope(encryptedContent: unknown): encryptedContent is string {
  return typeof encryptedContent === "string" && encryptedContent.startsWith(MARK);
}

/** OpenAI's own encrypted content comes out as what it is. An envelope that someone has changed holds nothing. */
export function openEnvelope(encryptedContent: unknown): Envelope {
  if (typeof encryptedContent !== "string" || encryptedContent === "") return {};
  if (!isEnvelope(encryptedContent)) return { origin: "openai-responses", opaque: encryptedContent };
  const found = readObject(Buffer.from(encryptedContent.slice(MARK.length), "base64url"));
  const text = (name: string) => {
    const value = found?.[name];
    return typeof value === "string" ? { [name]: value } : {};
  };
  const { origin } = found ?? {};
  return {
    ...(typeof origin === "string" && isDialectName(origin) ? { origin } : {}),
    ...text("signature"),
    ...text("opaque"),
    ...text("callId"),
  };
}
