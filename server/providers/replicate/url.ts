import { joinUrl } from "../urls";

/** `https://api.replicate.com/v1`: up to and without `/predictions`. */
export const toUrl = joinUrl;
