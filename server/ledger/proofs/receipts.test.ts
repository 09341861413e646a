// Harm prevented: a receipt that cannot be checked, that does not add up, or that a stranger can read.
import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "@/server/dev/test-database";
import { aFinish, anIntent, aVoid, createMoneyFixture } from "../fixtures";
import { createIntents, createReceipts, createSigner, rotateLease, type Signer, sweep } from "../index";
import { findReceiptProblems } from "./check-receipt";

const USD = 1_000_000_000n;
const signer = createSigner({ signingKey: undefined, authSecret: "a secret of the tests" });
let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const receiptsBy = (by: Signer) => createReceipts({ db: database.db, signer: by });

async function lend() {
  const fixture = await createMoneyFixture(database.db, USD);
  const rotation = await rotateLease(database.pool, fixture.organizationId, 10_000_000n);
  if (rotation.verdict !== "ok") throw new Error("no lease");
  return { fixture, leaseId: rotation.leaseId, intents: createIntents(database.pool) };
}

async function settled() {
  const { fixture, leaseId, intents } = await lend();
  const intent = anIntent(fixture, 10_000_000n, { leaseId });
  await intents.start(intent);
  await intents.finish(aFinish(fixture, intent.id, 123n));
  return { organizationId: fixture.organizationId, id: intent.id };
}

/** The check of somebody who knows nothing of us but the key set. */
function opens(jws: string, keys: readonly { readonly kid: string; readonly x: string }[]): unknown {
  const [header = "", payload = "", signature = ""] = jws.split(".");
  const { kid } = JSON.parse(Buffer.from(header, "base64url").toString());
  const key = keys.find((one) => one.kid === kid);
  if (!key) return null;
  const publicKey = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: key.x }, format: "jwk" });
  const isGenuine = verify(
    null,
    Buffer.from(`${header}.${payload}`),
    publicKey,
    Buffer.from(signature, "base64url"),
  );
  return isGenuine ? JSON.parse(Buffer.from(payload, "base64url").toString()) : null;
}

describe("a signed receipt", () => {
  it("verifies with the published keys and adds up", async () => {
    const name = await settled();
    const receipts = receiptsBy(signer);
    const signed = await receipts.read(name);
    expect(opens(signed?.jws ?? "", await receipts.keys())).toMatchObject({
      id: name.id,
      cost_nano_usd: "196800",
      charged_nano_usd: "196800",
      paid_from_nano_usd: { promotional: "0", committed: "0", paid: "196800" },
      lines: [{ unit: "output", quantity: "123", amount_millionth_nano_usd: "196800000000" }],
      basis: "provider",
    });
    expect(findReceiptProblems(signed?.jws ?? "", new Map([[signer.keyId, signer.publicJwk]]))).toEqual([]);
    // Signed again it is the same text.
    expect(await receipts.read(name)).toEqual(signed);
  });

  it("stays verifiable after the key was replaced", async () => {
    const name = await settled();
    const before = await receiptsBy(signer).read(name);
    const next = createSigner({ signingKey: Buffer.alloc(32, 7).toString("base64"), authSecret: "unused" });
    const receipts = receiptsBy(next);
    const after = await receipts.read(name);
    expect(after?.keyId).not.toBe(before?.keyId);
    const keys = await receipts.keys();
    expect(keys[0]?.kid).toBe(next.keyId);
    expect(opens(before?.jws ?? "", keys)).toEqual(opens(after?.jws ?? "", keys));
    expect(opens(after?.jws ?? "", keys)).not.toBeNull();
  });

  it("has what was charged later in it, by bucket", async () => {
    const { fixture, leaseId, intents } = await lend();
    const intent = anIntent(fixture, 10_000_000n, { leaseId, ttlMs: -1 });
    await intents.start(intent);
    await sweep(database.pool);
    await intents.correct(intent.id, 60_000n);
    const signed = await receiptsBy(signer).read({ ...fixture, id: intent.id });
    expect(findReceiptProblems(signed?.jws ?? "", new Map([[signer.keyId, signer.publicJwk]]))).toEqual([]);
    expect(opens(signed?.jws ?? "", await receiptsBy(signer).keys())).toMatchObject({
      cost_nano_usd: "0",
      corrected_nano_usd: "60000",
      paid_from_nano_usd: { paid: "60000" },
    });
  });

  it("does not exist for a stranger, for a request in flight, or for one that was voided", async () => {
    const { id } = await settled();
    const { fixture, leaseId, intents } = await lend();
    const open = anIntent(fixture, 1_000n, { leaseId });
    await intents.start(open);
    const receipts = receiptsBy(signer);
    expect(await receipts.read({ organizationId: fixture.organizationId, id })).toBeNull();
    expect(await receipts.read({ ...fixture, id: open.id })).toBeNull();
    await intents.finish(aVoid(open.id));
    expect(await receipts.read({ ...fixture, id: open.id })).toBeNull();
  });

  it("is refused when one character of it is another, arithmetic included", async () => {
    const { jws = "" } = (await receiptsBy(signer).read(await settled())) ?? {};
    const keys = new Map([[signer.keyId, signer.publicJwk]]);
    for (let place = 0; place < jws.length; place += 1) {
      const changed = `${jws.slice(0, place)}${jws[place] === "A" ? "B" : "A"}${jws.slice(place + 1)}`;
      expect(findReceiptProblems(changed, keys)).not.toEqual([]);
    }
    const wrongSum = signer.sign("deeptoken-receipt+jws", {
      ...JSON.parse(Buffer.from(jws.split(".")[1] ?? "", "base64url").toString()),
      sum_millionth_nano_usd: "1",
    });
    expect(findReceiptProblems(wrongSum, keys)).toContain("receipt: its lines do not come to its sum");
  });
});

describe("the signing key", () => {
  it("is read as PEM, also with written line ends, and as a seed; anything else is refused", () => {
    const { privateKey } = generateKeyPairSync("ed25519");
    const pem = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
    const byPem = createSigner({ signingKey: pem, authSecret: "" });
    expect(createSigner({ signingKey: pem.replaceAll("\n", "\\n"), authSecret: "" }).keyId).toBe(byPem.keyId);
    const seed = Buffer.from(privateKey.export({ format: "jwk" }).d ?? "", "base64url").toString("base64");
    expect(createSigner({ signingKey: seed, authSecret: "" }).keyId).toBe(byPem.keyId);
    expect(byPem.isDerived).toBe(false);
    const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
    for (const wrong of [
      "x",
      "AAAA",
      rsa.export({ format: "pem", type: "pkcs8" }).toString(),
      "PRIVATE KEY",
    ]) {
      expect(() => createSigner({ signingKey: wrong, authSecret: "" })).toThrow("RECEIPT_SIGNING_KEY");
    }
  });
});
