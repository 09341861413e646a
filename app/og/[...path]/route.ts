import { answerCard } from "../_card/answer";

/** Previews of public pages, as `og:image` names them. */
export const GET = async (
  _: Request,
  { params }: { readonly params: Promise<{ readonly path: string[] }> },
) => answerCard((await params).path);
