import { runtime } from "@/server/runtime";

/** RFC 9116. There is none until the operator has said who is to be told. */
export const GET = () => runtime().securityText();
