/** Videos that providers are making: what is known of each, from its intent to its end. */
export {
  endVideo,
  forgetVideo,
  keepVideo,
  noteVideo,
  readVideo,
  runningVideos,
  type VideoJob,
} from "./store";
