import { runtime } from "@/server/runtime";

/** A partner's referral link: remembered in the browser, then the front page. */
export const GET = async (
  _request: Request,
  { params }: { readonly params: Promise<{ readonly code: string }> },
) => runtime().referralLink((await params).code);
