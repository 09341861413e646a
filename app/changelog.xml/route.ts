import { changelogFeed } from "@/app/(site)/_data/feeds";

export const GET = () => changelogFeed();
