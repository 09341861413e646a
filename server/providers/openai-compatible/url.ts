import { joinUrl } from "../urls";

/** `https://host/v1`, or whatever ends before `/chat/completions`. */
export const toUrl = joinUrl;
