export { openaiVideos } from "./openai";
export { falVideos, replicateVideos } from "./queues";
export { parseVideo, USUAL_SECONDS, type VideoCall } from "./request";
export type { VideoReading, VideoWire } from "./wire";
