import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { outbound as bedrockConverse } from "@/server/protocols/bedrock-converse";
import { outbound as cohereChat } from "@/server/protocols/cohere-chat";
import { conversation, OUTBOUND } from "@/server/protocols/fixtures";
import { outbound as googleGenerateContent } from "@/server/protocols/google-generate-content";
import { type AnswerEvent, type OutboundDialect, textOfEvents } from "@/server/protocols/model";
import { type Simulator, startSimulator } from "../index";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator();
});
afterAll(() => simulator.close());
beforeEach(() => simulator.reset());

const DIALECTS: readonly (readonly [string, OutboundDialect])[] = [
  ["gemini", googleGenerateContent],
  ["bedrock", bedrockConverse],
  ["cohere", cohereChat],
];
const TOOL = { name: "weather", description: null, parameters: { type: "object" }, strict: null };

async function ask(base: string, dialect: OutboundDialect, stream: boolean, more = {}) {
  const options = { ...OUTBOUND, stream };
  const response = await fetch(`${simulator.url}/${base}/v1${dialect.path(options)}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "AWS4-HMAC-SHA256 Credential=test" },
    body: dialect.toBody(conversation(more), options),
  });
  return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) };
}

async function stream(base: string, dialect: OutboundDialect, more = {}) {
  const { bytes } = await ask(base, dialect, true, more);
  const reader = dialect.reader();
  const events: AnswerEvent[] = [];
  for (let at = 0; at < bytes.length; at += 97) events.push(...reader.push(bytes.subarray(at, at + 97)));
  return { events, state: reader.state() };
}

describe.each(DIALECTS)("simulated %s", (base, dialect) => {
  it("says and counts the same, whole and streamed", async () => {
    const streamed = await stream(base, dialect);
    const whole = dialect.readWhole((await ask(base, dialect, false)).bytes);
    expect(whole?.usage).toEqual(streamed.state.usage);
    expect(whole?.usage?.completionTokens).toBeGreaterThan(20);
    expect(textOfEvents(whole?.events ?? [])).toBe(textOfEvents(streamed.events));
    expect(streamed.state.finishReason).toBe(whole?.finishReason);
  });

  it("calls a tool that it must call", async () => {
    const { events } = await stream(base, dialect, { tools: [TOOL], toolChoice: { kind: "required" } });
    expect(events.find(({ kind }) => kind === "tool_call")).toMatchObject({ name: "weather", call: 0 });
    expect(events.at(-1)).toMatchObject({ kind: "finish", reason: "tool_calls" });
  });

  it("fails as the real one does", async () => {
    simulator.control({ fault: "truncate" });
    expect((await stream(base, dialect)).state).toMatchObject({ done: false, finishReason: null });
    simulator.control({ fault: "error-event", faultAfterTokens: 2 });
    expect((await stream(base, dialect)).state.error).not.toBeNull();
    simulator.control({ fault: "status:429" });
    const refused = await ask(base, dialect, true);
    expect(refused.status).toBe(429);
    expect(dialect.readError(refused.bytes).message).toContain("429");
  });
});
