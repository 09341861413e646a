import "server-only";
import { connection } from "next/server";
import { runtime } from "@/server/runtime";

/** The public address of this site without a slash at the end. Known at run time only: one build serves any host. */
export async function siteUrl(): Promise<string> {
  await connection();
  return runtime().trpc.appUrl;
}

/** What a client is given as `base_url`. */
export async function apiBaseUrl(): Promise<string> {
  return `${await siteUrl()}/v1`;
}
