// Harm prevented: a caller that hangs as long as our own store hangs, or one that is refused because this process is busy.
import { expect, it } from "vitest";
import { createPatience } from "./patience";

const sleep = (ms: number) => new Promise<"slept">((resolve) => setTimeout(resolve, ms, "slept"));
const block = (ms: number) => {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs);
};

it("gives what comes in time, and a refusal as it is", async () => {
  const patience = createPatience();
  expect(await patience.wait(sleep(10))).toBe("slept");
  await expect(patience.wait(Promise.reject(new Error("no")))).rejects.toThrow("no");
});

it("does not wait for ever, and tells when to come back", async () => {
  const never = createPatience(200).wait(new Promise(() => {}));
  await expect(never).rejects.toMatchObject({ code: "service_unavailable", retryAfterSeconds: 1 });
});

it("counts all waits of a request together", async () => {
  const patience = createPatience(300);
  for (let turn = 0; turn < 2; turn += 1) expect(await patience.wait(sleep(110))).toBe("slept");
  await expect(patience.wait(sleep(1_000))).rejects.toMatchObject({ code: "service_unavailable" });
});

it("prevents a refusal for our own slowness: a busy process is no store that hangs", async () => {
  const waited = createPatience(300).wait(sleep(600));
  await sleep(1);
  block(650);
  expect(await waited).toBe("slept");
});
