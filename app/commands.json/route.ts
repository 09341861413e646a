import { answerCommands } from "@/app/(site)/_data/commands";

/** What the command palette can find: pages, docs, posts and models. Public, the same for everybody. */
export const GET = () => answerCommands();
