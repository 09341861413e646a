// Harm prevented: a sample that a customer copies and that refuses our messages, or takes forged ones.
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { createServer } from "node:net";
import { renderToStaticMarkup } from "react-dom/server";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "@/server/dev/test-database";
import { EVENT_TYPES } from "@/server/events";
import { systemClock } from "@/server/platform/clock";
import { sendTestEvent } from "@/server/webhooks";
import { startReceiver, webhookFixture } from "@/server/webhooks/fixtures";
import { EventReference } from "./_parts/event-reference";
import { NODE_RECEIVER, PYTHON_VERIFY } from "./_parts/webhook-samples";

let database: TestDatabase;
let fixture: ReturnType<typeof webhookFixture>;
let child: ChildProcess | undefined;
beforeAll(async () => {
  database = await testDatabase();
  fixture = webhookFixture(database.db, systemClock);
});
afterAll(async () => {
  child?.kill();
  await fixture.client.close();
  await database.close();
});

/** Sends a test event to `url`. */
async function deliverTo(organizationId: string, endpointId: string) {
  await sendTestEvent(database.db, systemClock, { organizationId, endpointId, type: "order.paid" });
  return fixture.run();
}

it("names every event", () => {
  const page = renderToStaticMarkup(<EventReference />);
  for (const type of Object.keys(EVENT_TYPES)) expect(page).toContain(`id="${type}"`);
});

it("has a Node receiver that takes our messages and no others", async () => {
  const organizationId = await fixture.organization();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const { endpoint, secret } = await fixture.endpoint(organizationId, url);
  const started = spawn(process.execPath, ["--input-type=module", "-e", NODE_RECEIVER], {
    env: { NODE_ENV: "test", PATH: "", WEBHOOK_SECRET: secret, PORT: String(port) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  child = started;
  const said: string[] = [];
  started.stdout.on("data", (chunk: Buffer) => said.push(chunk.toString()));
  await expect
    .poll(() => fetch(url, { method: "POST" }).then((answer) => answer.status), { timeout: 15_000 })
    .toBe(400);
  expect(await deliverTo(organizationId, endpoint.id)).toEqual({ delivered: 1, failed: 0 });
  await expect.poll(() => said.join("")).toContain("order.paid evt_");
}, 30_000);

it.skipIf(spawnSync("python3", ["--version"]).status !== 0)(
  "has a Python function that takes our messages and no others",
  async () => {
    const receiver = await startReceiver();
    const organizationId = await fixture.organization();
    const { endpoint, secret } = await fixture.endpoint(organizationId, receiver.url);
    await deliverTo(organizationId, endpoint.id);
    const [message] = receiver.received;
    const verify = (body: string, of = secret) =>
      execFileSync("python3", ["-c", `${PYTHON_VERIFY}\nimport os\n${CALL}`], {
        env: {
          NODE_ENV: "test",
          SECRET: of,
          BODY: body,
          HEADERS: JSON.stringify(message?.headers),
          PATH: "/usr/local/bin:/usr/bin:/bin",
        },
      }).toString();
    expect(verify(message?.body ?? "")).toContain("order.paid");
    expect(verify(`${message?.body} `)).toContain("refused");
    expect(verify(message?.body ?? "", "whsec_b3RoZXI=")).toContain("refused");
    await receiver.close();
  },
);

const CALL = `
try:
    print(verify(os.environ["SECRET"], json.loads(os.environ["HEADERS"]), os.environ["BODY"].encode())["type"])
except ValueError as reason:
    print("refused", reason)
`;

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => probe.once("listening", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}
