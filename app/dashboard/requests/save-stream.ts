/** Parts of a file are handed to the browser in portions of this size, which it may keep on disk. */
const PORTION_BYTES = 4 * 1024 * 1024;

export interface SaveProgress {
  readonly rows: number;
  readonly bytes: number;
}

/**
 * Reads an answer to its end and tells how far it is.
 * @param headRows lines that are no rows: the head of a CSV file
 * @throws DOMException AbortError when it was stopped, TypeError when the connection broke
 */
export async function readToBlob(
  response: Response,
  headRows: number,
  onProgress: (progress: SaveProgress) => void,
): Promise<Blob> {
  const type = response.headers.get("content-type") ?? "application/octet-stream";
  if (!response.body) return response.blob();
  const reader = response.body.getReader();
  const portions: Blob[] = [];
  let open: Uint8Array<ArrayBuffer>[] = [];
  let openBytes = 0;
  let bytes = 0;
  let lines = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    open.push(value);
    openBytes += value.byteLength;
    bytes += value.byteLength;
    lines += countLines(value);
    if (openBytes >= PORTION_BYTES) {
      portions.push(new Blob(open));
      open = [];
      openBytes = 0;
    }
    onProgress({ rows: Math.max(0, lines - headRows), bytes });
  }
  return new Blob([...portions, ...open], { type });
}

function countLines(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (byte === 10) count += 1;
  return count;
}

/** Hands a finished file to the reader. */
export function saveBlob(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has to have begun before the address may go.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
