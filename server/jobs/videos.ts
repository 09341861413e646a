import type { Job } from "./job";

/** How many a run asks about: those first that nobody has asked about for longest. */
const AT_ONCE = 200;

/** Ends and charges videos that are finished and that nobody polls. */
export const videosJob: Job = {
  everySeconds: 15,
  run: async ({ followVideos }) => ({ figures: { ended: await followVideos(AT_ONCE) } }),
};
