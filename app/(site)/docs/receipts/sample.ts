/** Checks a receipt with nothing but Node. `sample.test.ts` runs it as it is printed. */
export const VERIFY_RECEIPT = `import { createPublicKey, verify } from "node:crypto";

const base = "BASE_URL";
const { argv, env } = process;
const id = argv[2];

async function getJson(url, headers = {}) {
  const response = await fetch(url, { headers });
  if (!response.ok) throw new Error(\`\${url} answered \${response.status}\`);
  return response.json();
}

// 1. The receipt of a request, and the keys that receipts are signed with.
const authorization = \`Bearer \${env.DEEPTOKEN_API_KEY}\`;
const { data } = await getJson(\`\${base}/generation?id=\${id}\`, { authorization });
const { keys } = await getJson(new URL("/.well-known/receipt-keys.json", base));
const [header, payload, signature] = data.receipt.signed.split(".");
const decode = (part) => JSON.parse(Buffer.from(part, "base64url"));

// 2. The signature: Ed25519 over "header.payload".
const jwk = keys.find((key) => key.kid === decode(header).kid);
if (!jwk) throw new Error("signed with a key that is not published");
const key = createPublicKey({ key: jwk, format: "jwk" });
const isGenuine = verify(null, Buffer.from(\`\${header}.\${payload}\`), key, Buffer.from(signature, "base64url"));
if (!isGenuine) throw new Error("the signature does not fit");

// 3. The arithmetic, in whole numbers: quantity × price per million, summed, rounded up once.
const receipt = decode(payload);
const sum = receipt.lines.reduce(
  (total, line) => total + BigInt(line.quantity) * BigInt(line.price_nano_usd_per_million),
  0n,
);
const rounded = (sum + 999_999n) / 1_000_000n;
const owed = BigInt(receipt.cost_nano_usd) + BigInt(receipt.overrun_nano_usd);
const paid = Object.values(receipt.paid_from_nano_usd).reduce((total, part) => total + BigInt(part), 0n);
if (rounded !== owed) throw new Error("the lines do not come to the cost");
if (paid !== BigInt(receipt.charged_nano_usd)) throw new Error("the buckets do not come to the charge");

console.log(\`\${receipt.id} is genuine: \${receipt.charged_nano_usd} nano-USD for \${receipt.model} at \${receipt.provider}\`);
`;
