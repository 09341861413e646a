// Harm prevented: a customer billed by another number than receipt, price list and balance agree on, in the build that ships.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { recordFigures } from "./figures";
import { type Customer, type Ground, MODEL, QUESTION, startGround, USD } from "./ground";

interface Generation {
  readonly data: {
    readonly status: string;
    readonly receipt: {
      readonly price_version: string;
      readonly cost_nano_usd: string;
      readonly lines: readonly { unit: string; quantity: number; price_nano_usd_per_million: string }[];
    };
  };
}

describe.each(["node", "next"] as const)(
  "the official client against the %s adapter of the build",
  (adapter) => {
    let ground: Ground;
    let customer: Customer;
    beforeAll(async () => {
      ground = await startGround({ adapter });
      // A hundred requests at once reserve five dollars, as long as none of them is settled.
      customer = ground.customer(10n * USD);
    });
    afterAll(() => ground.stop());

    /** The price that the catalogue records for a unit of a price version, nano-USD per million. */
    async function recordedPrice(priceVersion: string, unit: string): Promise<bigint> {
      const { rows } = await ground.database.pool.query<{ price: bigint }>(
        "SELECT platform_nano_usd_per_million AS price FROM price WHERE price_version_id = $1 AND unit = $2",
        [priceVersion, unit],
      );
      return rows[0]?.price ?? -1n;
    }

    it.each(["/v1", "/api/v1"] as const)(
      "streams an answer under %s whose receipt is tokens × recorded price",
      async (base) => {
        const before = await ground.balance(customer.organizationId);
        const { data: stream, response } = await customer
          .client(base)
          .chat.completions.create({
            model: MODEL,
            messages: QUESTION,
            stream: true,
            stream_options: { include_usage: true },
          })
          .withResponse();
        let text = "";
        let usage: { prompt_tokens: number; completion_tokens: number; cost?: number } | null | undefined;
        for await (const chunk of stream) {
          text += chunk.choices[0]?.delta.content ?? "";
          usage = chunk.usage ?? usage;
        }
        expect(text.length).toBeGreaterThan(0);
        await ground.settled(customer.organizationId);

        const id = response.headers.get("x-generation-id");
        const answer = await fetch(`${ground.stack.url}${base}/generation?id=${id}`, {
          headers: { authorization: `Bearer ${customer.apiKey}` },
        });
        const { data } = (await answer.json()) as Generation;
        expect(data.status).toBe("succeeded");
        let sum = 0n;
        for (const line of data.receipt.lines) {
          expect(BigInt(line.price_nano_usd_per_million)).toBe(
            await recordedPrice(data.receipt.price_version, line.unit),
          );
          sum += BigInt(line.quantity) * BigInt(line.price_nano_usd_per_million);
        }
        const cost = (sum + 999_999n) / 1_000_000n;
        expect(cost).toBeGreaterThan(0n);
        expect(data.receipt.cost_nano_usd).toBe(cost.toString());
        expect(
          BigInt(usage?.prompt_tokens ?? 0) * 400_000_000n +
            BigInt(usage?.completion_tokens ?? 0) * 1_600_000_000n,
        ).toBe(sum);
        expect(usage?.cost).toBe(Number(cost) / 1e9);
        const after = await ground.balance(customer.organizationId);
        expect(before.totalNanoUsd - after.totalNanoUsd).toBe(cost);
        expect(after.reservedNanoUsd).toBe(0n);
      },
    );

    it("settles a hundred streams at once, each to its end", async (context) => {
      const streams = Array.from({ length: 100 }, async () => {
        const stream = await customer
          .client()
          .chat.completions.create({ model: MODEL, messages: QUESTION, stream: true });
        let finish = "";
        for await (const chunk of stream) finish = chunk.choices[0]?.finish_reason ?? finish;
        return finish;
      });
      expect(new Set(await Promise.all(streams))).toEqual(new Set(["stop"]));
      await ground.settled(customer.organizationId);
      const rows = await ground.logRows(customer.organizationId);
      expect(rows.filter(({ outcome }) => outcome !== "succeeded")).toEqual([]);
      const audit = await ground.audit(customer);
      recordFigures(context, { name: `no fault, ${adapter} adapter, openai client`, injected: 0, ...audit });
    });
  },
);
