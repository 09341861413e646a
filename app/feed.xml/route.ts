import { blogFeed } from "@/app/(site)/_data/feeds";

export const GET = () => blogFeed();
