import { joinUrl } from "../urls";

/** `https://bedrock-runtime.<region>.amazonaws.com`: up to and without `/model`. */
export const toUrl = joinUrl;
