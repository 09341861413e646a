import { runtime } from "@/server/runtime";

export const dynamic = "force-dynamic";

/** Every key that ever signed a receipt or an export (RFC 7517), for whoever wants to check one. */
export const GET = () => runtime().receiptKeys();
