import { joinUrl } from "../urls";

/** `https://api.cohere.com/v2`: up to and without `/chat`. */
export const toUrl = joinUrl;
