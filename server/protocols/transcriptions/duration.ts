/** No codec in use for speech goes below this. */
const LEAST_BYTES_PER_SECOND = 750;
const WAV_HEADER_BYTES = 44;
const LEAST_WAV_BYTES_PER_SECOND = 1_000;

/** The most seconds that a file can hold: what its header says for WAV, by its size for others. */
export function audioSecondsBound(bytes: Uint8Array): number {
  const rate = wavBytesPerSecond(bytes);
  return Math.ceil(bytes.length / (rate ?? LEAST_BYTES_PER_SECOND)) + 1;
}

/** Null when it is no uncompressed WAV, or one whose numbers contradict each other. */
function wavBytesPerSecond(bytes: Uint8Array): number | null {
  if (bytes.length < WAV_HEADER_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tag = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (tag(0) !== "RIFF" || tag(8) !== "WAVE" || tag(12) !== "fmt ") return null;
  const [channels, sampleRate] = [view.getUint16(22, true), view.getUint32(24, true)];
  const [byteRate, bits] = [view.getUint32(28, true), view.getUint16(34, true)];
  const isPcm = [1, 3].includes(view.getUint16(20, true));
  const isTrue = byteRate === (channels * sampleRate * bits) / 8 && byteRate >= LEAST_WAV_BYTES_PER_SECOND;
  return isPcm && isTrue ? byteRate : null;
}
