import { joinUrl } from "../urls";

/** `https://queue.fal.run`: up to and without the model. */
export const toUrl = joinUrl;
