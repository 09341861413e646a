import { readFileSync } from "node:fs";
import OpenAI from "openai";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { organizationPolicy, project } from "@/db/schema";
import { createKey } from "@/server/keys";
import { organizationPolicySchema } from "@/server/organizations";
import { newId } from "@/server/platform/ids";
import { type AdapterName, type GatewayFixture, startGatewayFixture, USD } from "./fixtures";

const question = "What is a receipt good for?";
const tool = {
  type: "function" as const,
  name: "look_up",
  description: "Looks something up.",
  parameters: { type: "object", properties: { term: { type: "string" } }, required: ["term"] },
  strict: false,
};

const textOf = ({ output }: { output: readonly OpenAI.Responses.ResponseOutputItem[] }) =>
  output
    .flatMap((item) => (item.type === "message" ? item.content : []))
    .map((part) => (part.type === "output_text" ? part.text : ""))
    .join("");

describe.each(["node", "web"] as AdapterName[])("the Responses API behind the %s adapter", (adapter) => {
  let fixture: GatewayFixture;
  beforeAll(async () => {
    fixture = await startGatewayFixture(adapter);
  });
  afterAll(() => fixture.close());
  beforeEach(() => fixture.simulator.reset());

  const sent = () => fixture.simulator.requests().map(({ body }) => body as Record<string, unknown>);

  async function settledRequest(organizationId: string, generationId: string | null) {
    await fixture.settled();
    expect(await fixture.violations()).toEqual([]);
    return fixture.request(organizationId, generationId ?? "");
  }

  /** Another key of the same organization, in a project of its own. */
  async function siblingOf(organizationId: string) {
    const projectId = newId("project");
    await fixture.database.db.insert(project).values({ id: projectId, organizationId, name: projectId });
    const { secret } = await createKey(fixture.database.db, {
      organizationId,
      projectId,
      memberId: null,
      name: "b",
    });
    return new OpenAI({ apiKey: secret, baseURL: fixture.baseUrl, fetch: fixture.fetch, maxRetries: 0 });
  }

  it.each(["test/single", "test/messages", "test/responses"])(
    "goes on from a stored response, whoever answers: %s after a chat provider",
    async (model) => {
      const { client } = await fixture.customer(USD);
      const first = await client.responses.create({
        model: "test/single",
        instructions: "Be kind.",
        input: question,
      });
      expect(first).toMatchObject({
        store: true,
        previous_response_id: null,
        id: expect.stringMatching(/^resp_/),
      });
      const stream = client.responses.stream({ model, previous_response_id: first.id, input: "And a bill?" });
      const second = await stream.finalResponse();
      expect(second).toMatchObject({ status: "completed", store: true, previous_response_id: first.id });
      const third = await client.responses.create({
        model,
        previous_response_id: second.id,
        input: "And an order?",
      });
      expect(third.previous_response_id).toBe(second.id);
      const last = JSON.stringify(sent().at(-1));
      const said = [question, first.output_text, "And a bill?", textOf(second), "And an order?"];
      const places = said.map((text) => last.indexOf(JSON.stringify(text).slice(1, -1)));
      expect(places).toEqual([...places].sort((a, b) => a - b));
      expect(places[0]).toBeGreaterThan(-1);
      // Instructions are of one request only.
      expect(last).not.toContain("Be kind.");
      if (model === "test/responses") expect(sent().at(-1)).toMatchObject({ store: false });
      expect(last).not.toContain("previous_response_id");
    },
  );

  it("tools: a call and its result go round, by state and by hand", async () => {
    for (const model of ["test/single", "test/responses"]) {
      const { client } = await fixture.customer(USD);
      const asked = { model, tools: [tool], input: question };
      const first = await client.responses.create({ ...asked, tool_choice: "required" });
      const call = first.output.find((item) => item.type === "function_call");
      expect(call).toMatchObject({ name: "look_up", status: "completed", id: expect.stringMatching(/^fc_/) });
      const result = { type: "function_call_output" as const, call_id: call?.call_id ?? "", output: "found" };
      const byState = await client.responses.create({
        ...asked,
        previous_response_id: first.id,
        input: [result],
      });
      const opening = { role: "user" as const, content: [{ type: "input_text" as const, text: question }] };
      const reference = { type: "item_reference" as const, id: call?.id ?? "" };
      const byReference = await client.responses.create({
        ...asked,
        input: [opening, reference, result],
      });
      const byHand = await client.responses.create({
        ...asked,
        input: [opening, ...first.output, result],
      });
      expect(byState.output_text.length).toBeGreaterThan(0);
      expect([byReference.output_text, byHand.output_text]).toEqual([
        byState.output_text,
        byState.output_text,
      ]);
    }
  });

  it("thinking goes back to the provider that sealed it, and to no other", async () => {
    const { client } = await fixture.customer(USD);
    const asked = { reasoning: { effort: "low" as const, summary: "auto" as const }, input: question };
    const first = await client.responses.create({ ...asked, model: "test/responses" });
    expect(first.output[0]).toMatchObject({
      type: "reasoning",
      encrypted_content: expect.stringMatching(/^gAAAAA/),
    });
    expect(first.usage?.output_tokens_details.reasoning_tokens).toBe(16);
    await client.responses.create({ ...asked, model: "test/responses", previous_response_id: first.id });
    expect(JSON.stringify(sent().at(-1))).toContain("gAAAAA");
    const elsewhere = await client.responses.create({
      ...asked,
      model: "test/messages",
      previous_response_id: first.id,
    });
    expect(JSON.stringify(sent().at(-1))).not.toContain("gAAAAA");
    const thought = elsewhere.output[0];
    expect(thought).toMatchObject({ type: "reasoning", encrypted_content: expect.stringMatching(/^dtk1\./) });
    await client.responses.create({ ...asked, model: "test/messages", previous_response_id: elsewhere.id });
    expect(JSON.stringify(sent().at(-1))).toContain('"signature":"c2ltdWxhdGVk');
    // Sealed by another one, it is left out; the provider would refuse it.
    await client.responses.create({ ...asked, model: "test/responses", previous_response_id: elsewhere.id });
    expect(JSON.stringify(sent().at(-1))).not.toContain("dtk1.");
  });

  it("falls back from OpenAI's protocol to another in the middle of a conversation", async () => {
    const { client } = await fixture.customer(USD);
    const first = await client.responses.create({ model: "test/both", input: question });
    fixture.simulator.control({ fault: "error-event" }, { provider: "fourth" });
    const { data: stream, response } = await client.responses
      .create({ model: "test/both", previous_response_id: first.id, input: "Go on.", stream: true })
      .withResponse();
    const types: string[] = [];
    for await (const event of stream) types.push(event.type);
    expect(types.at(-1)).toBe("response.completed");
    expect(response.headers.get("x-gateway-provider")).toBe("first");
    expect(response.headers.get("x-gateway-attempts")).toBe("2");
    expect(JSON.stringify(sent().at(-1))).toContain(question);
  });

  it("reads, lists and deletes what is kept; cancelling is for what runs in the background", async () => {
    const { client } = await fixture.customer(USD);
    const made = await client.responses.create({
      model: "test/single",
      input: question,
      metadata: { a: "b" },
    });
    const read = await client.responses.retrieve(made.id);
    expect(read).toEqual(made);
    expect(read.metadata).toEqual({ a: "b" });
    const items = await client.responses.inputItems.list(made.id);
    expect(items.data).toMatchObject([
      {
        type: "message",
        role: "user",
        content: [{ type: "input_text", text: question }],
        id: expect.stringMatching(/^msg_/),
      },
    ]);
    await expect(client.responses.cancel(made.id)).rejects.toMatchObject({ status: 400 });
    await client.responses.delete(made.id);
    for (const gone of [
      () => client.responses.retrieve(made.id),
      () => client.responses.delete(made.id),
      () => client.responses.cancel(made.id),
      () => client.responses.inputItems.list(made.id),
    ])
      await expect(gone()).rejects.toMatchObject({ status: 404, code: "not_found" });
    await expect(
      client.responses.create({ model: "test/single", previous_response_id: made.id, input: "x" }),
    ).rejects.toMatchObject({
      status: 400,
      code: "previous_response_not_found",
      param: "previous_response_id",
    });
  });

  it("prevents another organization or project from going on: not yours is not there, no money held, nothing sent", async () => {
    const owner = await fixture.customer(USD);
    const made = await owner.client.responses.create({ model: "test/single", input: question });
    await fixture.settled();
    const stranger = await fixture.customer(USD);
    const sibling = await siblingOf(owner.organizationId);
    fixture.simulator.reset();
    for (const client of [stranger.client, sibling]) {
      const refusalOf = async (id: string) => {
        const thrown = await client.responses
          .create({ model: "test/single", previous_response_id: id, input: "x" })
          .catch((reason: unknown) => reason);
        const { status, code, message } = thrown as InstanceType<typeof OpenAI.APIError>;
        return { status, code, message: message.replaceAll(id, "ID") };
      };
      expect(await refusalOf(made.id)).toEqual(await refusalOf("resp_unknown"));
      await expect(client.responses.retrieve(made.id)).rejects.toMatchObject({ status: 404 });
      await expect(client.responses.delete(made.id)).rejects.toMatchObject({ status: 404 });
    }
    expect(sent()).toEqual([]);
    expect(await fixture.balance(stranger.organizationId)).toMatchObject({
      totalNanoUsd: USD,
      reservedNanoUsd: 0n,
    });
    expect((await owner.client.responses.retrieve(made.id)).id).toBe(made.id);
  });

  it("prevents prompts from being kept where the client or the organization wants none kept, and says so", async () => {
    const { client, organizationId } = await fixture.customer(USD);
    const unkept = await client.responses.create({ model: "test/single", input: question, store: false });
    expect(unkept).toMatchObject({ store: false });
    await expect(client.responses.retrieve(unkept.id)).rejects.toMatchObject({ status: 404 });

    const policy = organizationPolicySchema.parse({ routing: { zeroRetention: true } });
    await fixture.database.db
      .insert(organizationPolicy)
      .values({ organizationId, policy, updatedAt: new Date() });
    for (const store of [true, undefined]) {
      const { data, response } = await client.responses
        .create({ model: "test/single", input: question, ...(store ? { store } : {}) })
        .withResponse();
      expect(response.headers.get("x-gateway-store")).toBe("false");
      expect(data).toMatchObject({ store: false });
      await expect(client.responses.retrieve(data.id)).rejects.toMatchObject({ status: 404 });
    }
    const { rows } = await fixture.database.pool.query(
      "SELECT 1 FROM stored_response WHERE organization_id = $1",
      [organizationId],
    );
    expect(rows).toEqual([]);
  });

  it("prevents searches from being free: each is on the receipt, and without a price there is no call", async () => {
    const { client, organizationId } = await fixture.customer(USD);
    const asked = { tools: [{ type: "web_search" as const }], input: "Use web_search." };
    const { data, response } = await client.responses
      .create({ ...asked, model: "test/responses" })
      .withResponse();
    expect(data.output.map(({ type }) => type)).toEqual(["web_search_call", "message"]);
    const { receipt } = await settledRequest(organizationId, response.headers.get("x-generation-id"));
    expect(receipt?.lines.find(({ unit }) => unit === "search")).toMatchObject({ quantity: 1n });
    expect(receipt?.costNanoUsd).toBeGreaterThan(10_000_000n);
    expect(sent().at(-1)).toMatchObject({ max_tool_calls: 10 });
    for (const model of ["test/single", "test/both"])
      await expect(client.responses.create({ ...asked, model })).rejects.toMatchObject({
        status: 422,
        code: "unsupported_parameter",
      });
  });

  it.each(["openai-responses-text.sse", "openai-responses-reasoning.sse"])(
    "passes %s through byte for byte, bills what it says, and can go on from it",
    async (recording) => {
      const { client, organizationId, secret } = await fixture.customer(USD);
      fixture.simulator.control({ recording, chunkBytes: [7, 1, 300], times: 1 });
      const response = await fixture.fetch(`${fixture.baseUrl}/responses`, {
        method: "POST",
        headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
        body: JSON.stringify({ model: "test/responses", input: question, stream: true }),
      });
      const text = await response.text();
      const original = readFileSync(`e2e/fixtures/recordings/${recording}`, "utf8");
      const last = original.lastIndexOf("event: response.completed");
      expect(text.slice(0, last)).toBe(original.slice(0, last));
      expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
      const usageOf = (stream: string, at: number) => {
        const line = stream.slice(at).split("\n")[1] ?? "";
        return JSON.parse(line.slice("data: ".length)).response;
      };
      const { id, usage } = usageOf(original, last);
      const { receipt } = await settledRequest(organizationId, response.headers.get("x-generation-id"));
      const cost =
        (BigInt(usage.input_tokens) * 400_000_000n +
          BigInt(usage.output_tokens) * 1_600_000_000n +
          999_999n) /
        1_000_000n;
      expect(receipt).toMatchObject({ costNanoUsd: cost, basis: "provider" });
      expect(usageOf(text, last).usage).toMatchObject({ ...usage, cost: Number(cost) / 1e9 });
      expect((await client.responses.retrieve(id)).id).toBe(id);
      if (recording.includes("text"))
        await client.responses.create({ model: "test/single", previous_response_id: id, input: "Go on." });
    },
  );

  it.each(["truncate", "error-event", "half-chunk"] as const)(
    "prevents a broken stream from looking complete, and from being kept: %s",
    async (fault) => {
      for (const model of ["test/single", "test/messages", "test/responses"]) {
        const { client, organizationId } = await fixture.customer(USD);
        fixture.simulator.control({ fault, faultAfterTokens: 5, outputTokens: 20 });
        const seen: { type: string; id?: string }[] = [];
        const consume = async () => {
          const stream = await client.responses.create({ model, input: question, stream: true });
          for await (const event of stream)
            seen.push({ type: event.type, ...("response" in event ? { id: event.response.id } : {}) });
        };
        await expect(consume()).rejects.toThrow(OpenAI.APIError);
        expect(seen.at(-1)?.type).toBe("response.failed");
        await expect(client.responses.retrieve(seen[0]?.id ?? "")).rejects.toMatchObject({ status: 404 });
        await fixture.settled();
        expect(await fixture.violations()).toEqual([]);
        const { totalNanoUsd, reservedNanoUsd } = await fixture.balance(organizationId);
        expect(reservedNanoUsd).toBe(0n);
        expect(totalNanoUsd).toBeLessThan(USD);
      }
    },
  );

  it("prevents a bad request from holding money or leaving a row", async () => {
    const { client, organizationId } = await fixture.customer(USD);
    const bad: [object, string, string | null][] = [
      [{ input: [] }, "invalid_request", "input"],
      [{ background: true }, "unsupported_parameter", "background"],
      [{ conversation: "conv_1" }, "unsupported_parameter", "conversation"],
      [{ previous_response_id: "x'; --" }, "previous_response_not_found", "previous_response_id"],
      [{ input: [{ type: "item_reference", id: "msg_nobody" }] }, "invalid_request", "input"],
      [{ tools: [{ type: "file_search" }] }, "unsupported_parameter", "tools[0].type"],
      [{ max_output_tokens: -1 }, "invalid_request", "max_output_tokens"],
      [{ truncation: "auto" }, "unsupported_parameter", "truncation"],
    ];
    for (const [more, code, param] of bad)
      await expect(
        client.responses.create({ model: "test/single", input: question, ...more } as never),
      ).rejects.toMatchObject({ code, param });
    expect(sent()).toEqual([]);
    expect(await fixture.balance(organizationId)).toMatchObject({ totalNanoUsd: USD, reservedNanoUsd: 0n });
    const { rows } = await fixture.database.pool.query(
      "SELECT 1 FROM stored_response WHERE organization_id = $1",
      [organizationId],
    );
    expect(rows).toEqual([]);
  });
});
