import { joinUrl } from "../urls";

/** `https://generativelanguage.googleapis.com/v1beta`: up to and without `/models`. */
export const toUrl = joinUrl;
