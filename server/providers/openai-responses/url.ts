import { joinUrl } from "../urls";

/** `https://host/v1`, or whatever ends before `/responses`. */
export const toUrl = joinUrl;
