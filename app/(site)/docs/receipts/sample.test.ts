// Harm prevented: a printed check that does not run, or that calls a forged receipt genuine.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type GatewayFixture, startGatewayFixture, USD } from "@/server/gateway/fixtures";
import { VERIFY_RECEIPT } from "./sample";

const run = promisify(execFile);
let gateway: GatewayFixture;
let site: Server;
let siteUrl = "";
let folder: string;
/** Changes what the gateway answers on its way to the reader. */
let forge: (answer: string) => string = (answer) => answer;

beforeAll(async () => {
  gateway = await startGatewayFixture("node");
  folder = await mkdtemp(join(tmpdir(), "deeptoken-sample-"));
  // The site in front of the gateway: the published keys, and everything else passed on.
  site = createServer(async (request, response) => {
    if (request.url === "/.well-known/receipt-keys.json") {
      response.end(JSON.stringify({ keys: await gateway.receiptKeys() }));
      return;
    }
    const answer = await fetch(new URL(request.url ?? "/", gateway.baseUrl), {
      headers: { authorization: request.headers.authorization ?? "" },
    });
    response.writeHead(answer.status).end(forge(await answer.text()));
  });
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  const address = site.address();
  siteUrl = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
});
afterAll(async () => {
  site.close();
  await gateway.close();
  await rm(folder, { recursive: true });
});

it("finds a real receipt genuine, and a changed one not", async () => {
  const { client, secret } = await gateway.customer(USD);
  const { response } = await client.chat.completions
    .create({ model: "test/pair", messages: [{ role: "user", content: "What is a receipt good for?" }] })
    .withResponse();
  await gateway.settled();
  const id = response.headers.get("x-generation-id") ?? "";
  const file = join(folder, "verify-receipt.mjs");
  await writeFile(file, VERIFY_RECEIPT.replaceAll("BASE_URL", `${siteUrl}/v1`));
  const check = () =>
    run(process.execPath, [file, id], { env: { NODE_ENV: "test", DEEPTOKEN_API_KEY: secret } });
  expect((await check()).stdout).toMatch(new RegExp(`^${id} is genuine: [1-9]\\d* nano-USD`));
  forge = (text) =>
    text.replace(
      /("signed":"[^.]+\..{40})(.)/,
      (_, start: string, one: string) => `${start}${one === "A" ? "B" : "A"}`,
    );
  await expect(check()).rejects.toThrow("the signature does not fit");
});
