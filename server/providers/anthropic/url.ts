import { joinUrl } from "../urls";

/** `https://api.anthropic.com/v1`: up to and without `/messages`. */
export const toUrl = joinUrl;
