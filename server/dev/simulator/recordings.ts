import { readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { z } from "zod";
import type { Scenario } from "./scenario";

/** Answers of real providers, kept for tests; sources and licences are beside them. */
const RECORDINGS_DIR = join(process.cwd(), "e2e", "fixtures", "recordings");

const entrySchema = z.looseObject({
  file: z.string(),
  provider: z.string(),
  api: z.string(),
  model: z.string(),
  stream: z.boolean(),
  status: z.number().int(),
  response_headers: z.record(z.string(), z.string()),
  expected_usage: z
    .object({
      input: z.number().nullable(),
      cached_input: z.number().nullable(),
      cache_write: z.number().nullable(),
      output: z.number().nullable(),
      reasoning: z.number().nullable(),
    })
    .partial()
    .nullish(),
});

export type Recording = z.infer<typeof entrySchema> & { readonly bytes: Buffer };

/** All recordings of a folder, in the order of its `index.json`. */
export function readRecordings(dir = RECORDINGS_DIR): Recording[] {
  const index: unknown = JSON.parse(readFileSync(join(dir, "index.json"), "utf8"));
  return z
    .array(entrySchema)
    .parse(index)
    .map((entry) => ({ ...entry, bytes: readFileSync(join(dir, entry.file)) }));
}

/** @throws when the folder's index does not name the file */
export function readRecording(file: string, dir = RECORDINGS_DIR): Recording {
  const found = readRecordings(dir).find((entry) => entry.file === file);
  if (!found) throw new Error(`No recording ${file} in ${dir}.`);
  return found;
}

/** Headers of the connection they were recorded on; the simulator's own connection has its own. */
const OF_CONNECTION = new Set(["content-length", "content-encoding", "transfer-encoding", "connection"]);

/** Serves a recording byte for byte, in pieces of the given sizes, to its end or to the byte where it is cut. */
export async function replay(
  response: ServerResponse,
  recording: Recording,
  {
    chunkBytes,
    recordingBytes,
    recordingBreaks,
  }: Pick<Scenario, "chunkBytes" | "recordingBytes" | "recordingBreaks">,
): Promise<void> {
  const headers = Object.entries(recording.response_headers).filter(([name]) => !OF_CONNECTION.has(name));
  response.writeHead(recording.status, Object.fromEntries(headers));
  for (const piece of cutInto(recording.bytes.subarray(0, recordingBytes), chunkBytes)) {
    response.write(piece);
    // Its own packet, as far as a local socket allows.
    if (chunkBytes) await nextTurn();
  }
  if (!recordingBreaks) {
    response.end();
    return;
  }
  response.flushHeaders();
  response.socket?.end();
  response.socket?.destroySoon();
}

function* cutInto(bytes: Buffer, sizes: readonly number[] = [bytes.length]): Generator<Buffer> {
  let start = 0;
  for (let step = 0; start < bytes.length; step += 1) {
    const size = sizes[step % sizes.length] ?? bytes.length;
    yield bytes.subarray(start, start + size);
    start += size;
  }
}
