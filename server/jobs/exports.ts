import { makeExports } from "@/server/accounts";
import type { Job } from "./job";

/** Makes the files of people who take their data along; also those whose first maker died. */
export const exportsJob: Job = {
  everySeconds: 15,
  run: async ({ db, clock }) => ({ figures: { ready: await makeExports(db, clock) } }),
};
