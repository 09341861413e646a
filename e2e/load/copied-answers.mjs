// Preloaded into @portkey-ai/gateway for streams only: with the Hono server that its version range installs today, it writes
// to the immutable headers of a streamed answer and fails every one. A copy of the answer's head (some microseconds) lets it work.
const original = globalThis.fetch;
const PlainResponse = globalThis.Response;
globalThis.fetch = async (...args) => {
  const answer = await original(...args);
  return new PlainResponse(answer.body, { status: answer.status, headers: new Headers(answer.headers) });
};
