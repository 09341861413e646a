import { createServer } from "node:http";
import { Agent } from "undici";

/**
 * What the benchmark divides by: the least that a Node process can do between a client and a provider. No key, no price,
 * no ledger; undici dispatch, headers and bytes straight through.
 */
const upstream = process.env.UPSTREAM_URL ?? "";
const agent = new Agent({ pipelining: 1 });

createServer((req, res) => {
  const chunks: Buffer[] = [];
  req.on("data", (chunk: Buffer) => chunks.push(chunk));
  req.on("end", () => {
    agent.dispatch(
      {
        origin: upstream,
        path: req.url ?? "/",
        method: "POST",
        headers: { "content-type": "application/json" },
        body: Buffer.concat(chunks),
      },
      {
        onRequestStart() {},
        onResponseStart(_controller, status, headers) {
          res.writeHead(status, { "content-type": String(headers["content-type"]) });
        },
        onResponseData(_controller, chunk) {
          res.write(chunk);
        },
        onResponseEnd() {
          res.end();
        },
        onResponseError() {
          res.destroy();
        },
      },
    );
  });
}).listen(Number(process.env.PORT), "127.0.0.1");
