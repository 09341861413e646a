// Harm prevented: a real provider's answer that is billed by other numbers than its own, or that breaks off and looks whole.
import Anthropic from "@anthropic-ai/sdk";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Recording, readRecordings } from "@/server/dev/simulator/recordings";
import { type AdapterName, type GatewayFixture, startGatewayFixture, USD } from "../fixtures";
import { ask, CLIENTS, type ClientName, catalogue, costOf, looksComplete, modelFor } from "./fixtures";

const CREDIT = 1_000n * USD;
const ADAPTERS: readonly AdapterName[] = ["node", "web"];
/** Sizes that no frame has, so that lines and characters are cut in two. */
const ODD_SIZES = [7, 1, 300, 13];

const conversations = readRecordings().filter(({ api }) =>
  ["chat.completions", "responses", "messages", "generateContent"].includes(api),
);
const answers = conversations.filter(({ status, expected_usage: usage }) => status === 200 && usage?.input);
const streams = conversations.filter(({ stream, status }) => stream && status === 200);

describe.each(ADAPTERS)("recordings behind the %s adapter", (adapter) => {
  let fixture: GatewayFixture;
  beforeAll(async () => {
    fixture = await startGatewayFixture(adapter, { catalogue, credentials: { google: "key" } });
  });
  afterAll(() => fixture.close());
  beforeEach(() => fixture.simulator.reset());

  async function customer() {
    const made = await fixture.customer(CREDIT);
    const anthropic = new Anthropic({
      apiKey: made.secret,
      baseURL: fixture.baseUrl.replace(/\/v1$/, ""),
      fetch: fixture.fetch,
      maxRetries: 0,
    });
    return { ...made, anthropic };
  }

  const raw = (secret: string, client: ClientName, model: string, stream: boolean) =>
    fixture.fetch(`${fixture.baseUrl}${CLIENTS[client].path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
      body: JSON.stringify(CLIENTS[client].body(model, stream)),
    });

  /** Every admitted request ended once: charged with one record, or voided with none. */
  async function settledOnce(organizationId: string, requests: number) {
    await fixture.settled();
    expect(await fixture.violations()).toEqual([]);
    const { rows } = await fixture.database.pool.query(
      `SELECT count(*)::int AS requests, count(*) FILTER (WHERE i.state = 'started')::int AS open,
         count(*) FILTER (WHERE (SELECT count(*) FROM usage_record u WHERE u.id = i.id) > 1
           OR (SELECT count(*) FROM request_log l WHERE l.id = i.id) <> 1)::int AS wrong
       FROM intent i WHERE i.organization_id = $1`,
      [organizationId],
    );
    expect(rows[0]).toEqual({ requests, open: 0, wrong: 0 });
  }

  it.each(answers)("tells every official client the true totals of $file, and charges them", async (recording) => {
    const { file, expected_usage: expected, stream } = recording;
    for (const client of Object.keys(CLIENTS) as ClientName[]) {
      const one = await customer();
      fixture.simulator.control({ recording: file, chunkBytes: ODD_SIZES });
      const told = await ask(one, client, modelFor(recording), stream);
      expect(told, client).toMatchObject({
        input: expected?.input,
        cached: expected?.cached_input,
        output: expected?.output,
      });
      await settledOnce(one.organizationId, 1);
      const detail = await fixture.request(one.organizationId, told.generationId);
      expect(detail, client).toMatchObject({
        outcome: "succeeded",
        inputTokens: expected?.input,
        outputTokens: expected?.output,
        receipt: { basis: "provider", costNanoUsd: costOf(recording) },
      });
      expect(told.costUsd, client).toBe(Number(costOf(recording)) / 1e9);
      expect((await fixture.balance(one.organizationId)).totalNanoUsd).toBe(CREDIT - costOf(recording));
    }
  });

  it.each(streams.filter(({ api }) => api === "chat.completions"))(
    "passes $file through byte for byte, but for usage, error and end mark",
    async (recording) => {
      const { secret } = await customer();
      fixture.simulator.control({ recording: recording.file, chunkBytes: ODD_SIZES });
      const response = await raw(secret, "chat", modelFor(recording), true);
      const isOurs = (event: string) =>
        /data: ?\[DONE\]/.test(event) ||
        (/"choices":\s*\[\]/.test(event) && /"usage":\s*\{/.test(event)) ||
        /"error":\s*\{/.test(event);
      const events = (text: string) =>
        text.split(/\r?\n\r?\n/).filter((event) => event.trim() !== "" && !isOurs(event));
      expect(events(await response.text())).toEqual(events(recording.bytes.toString("utf8")));
    },
  );

  it.each(answers.filter(({ stream }) => !stream))(
    "passes $file on as it is, but for the model's name and the usage",
    async (recording) => {
      const { secret } = await customer();
      fixture.simulator.control({ recording: recording.file });
      const client = recording.api === "messages" ? "messages" : "chat";
      const response = await raw(secret, client, modelFor(recording), false);
      const own = JSON.parse(recording.bytes.toString("utf8"));
      const { usage, ...body } = (await response.json()) as { usage: object };
      const { usage: itsUsage, ...itsBody } = own;
      expect(body).toEqual({ ...itsBody, model: modelFor(recording) });
      expect(usage).toMatchObject(itsUsage);
    },
  );

  it.each(streams)("prevents a $file that is cut after any event from looking complete", async (recording) => {
    const one = await customer();
    const ends = boundariesOf(recording);
    const names = Object.keys(CLIENTS) as ClientName[];
    // Every client in turn, and in turn a stream that just ends and a connection that breaks.
    for (const [turn, end] of ends.entries()) {
      const client = names[turn % names.length] ?? "chat";
      fixture.simulator.control({
        recording: recording.file,
        recordingBytes: end,
        recordingBreaks: turn % 2 === 1,
      });
      const response = await raw(one.secret, client, modelFor(recording), true);
      const text = await response.text();
      const at = `${client}, cut after ${end} of ${recording.bytes.length} bytes: ${text.slice(-300)}`;
      expect(looksComplete(client, text), at).toBe(false);
      if (response.status === 200) expect(CLIENTS[client].failed.test(text), at).toBe(true);
      else expect(response.status, at).toBe(502);
    }
    await settledOnce(one.organizationId, ends.length);
  }, 120_000);

  it("takes a finish for the end only where the provider is known to send no end mark, and closes properly", async () => {
    const recording = streams.find(({ file }) => file === "openai-chat-text.sse");
    const end = recording ? boundariesOf(recording).at(-1) : undefined;
    const cut = { recording: "openai-chat-text.sse", recordingBytes: end ?? 0 };
    const { secret } = await customer();
    const told = async (model: string) => (await raw(secret, "chat", model, true)).text();
    fixture.simulator.control(cut);
    expect(await told("test/chat")).toMatch(CLIENTS.chat.failed);
    expect(await told("test/unmarked")).toMatch(/"finish_reason":"stop"[^]*"cost":[^]*\[DONE\]\n\n$/);
    fixture.simulator.control({ ...cut, recordingBreaks: true });
    expect(await told("test/unmarked")).toMatch(CLIENTS.chat.failed);
  });
});

/** The end of every event inside the stream. */
function boundariesOf({ bytes }: Recording): number[] {
  const text = bytes.toString("latin1");
  const all = [...text.matchAll(/\r?\n\r?\n/g)].map((match) => match.index + match[0].length);
  return all.filter((end) => end < bytes.length);
}

