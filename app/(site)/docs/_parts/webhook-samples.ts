/** Receivers that verify, as the docs show them. A test runs each against a real delivery. */
export const NODE_RECEIVER = `import { createServer } from "node:http";
import { env } from "node:process";
import { Webhook } from "standardwebhooks";

const webhook = new Webhook(env.WEBHOOK_SECRET); // whsec_…

createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    try {
      // The bytes as they came: a body that was parsed and written again has another signature.
      const event = webhook.verify(Buffer.concat(chunks).toString(), request.headers);
      response.writeHead(204).end();
      console.log(event.type, event.id);
    } catch {
      response.writeHead(400).end();
    }
  });
}).listen(env.PORT);
`;

export const PYTHON_VERIFY = `import base64, hashlib, hmac, json, time


def verify(secret, headers, body):
    """The event, or ValueError. body: bytes as they came; headers: names in lower case."""
    sent_at = int(headers["webhook-timestamp"])
    if abs(time.time() - sent_at) > 300:
        raise ValueError("too old or too new")
    signed = f"{headers['webhook-id']}.{sent_at}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    for part in headers["webhook-signature"].split(" "):
        version, _, signature = part.partition(",")
        if version == "v1" and hmac.compare_digest(signature, expected):
            return json.loads(body)
    raise ValueError("no signature fits")
`;
