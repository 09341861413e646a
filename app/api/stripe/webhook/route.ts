import { runtime } from "@/server/runtime";

/** Where Stripe sends its events. The signature is over the bytes as they came. */
export const POST = (request: Request) => runtime().stripeEvent(request);
