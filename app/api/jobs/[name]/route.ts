import { runtime } from "@/server/runtime";

/** The scheduler's plug (`vercel.json`): one path per job. Guarded by the secret, safe in parallel and when late. */
export const GET = async (
  request: Request,
  { params }: { readonly params: Promise<{ readonly name: string }> },
) => runtime().runJob((await params).name, request);
