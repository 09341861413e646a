/** Providers that take a job, and are asked about it until it has ended: what they make is the job's own affair. */
export { falQueue } from "./fal";
export { aspectRatio, base64In, type Carried, modelInput, type Source, sidesOf, toDataUrl } from "./input";
export { replicateQueue } from "./replicate";
export type { JobCall, QueueReading, QueueWire, UpstreamJob } from "./wire";
