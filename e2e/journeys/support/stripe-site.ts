import { freePort } from "@/server/dev/free-port";
import { type Stack, startStack } from "@/server/dev/stack";
import { startLocalStripe } from "@/server/dev/stripe";

const WEBHOOK_SECRET = "whsec_of_the_journeys_1";

/** A production server of its own that takes cards, with the local Stripe behind it. Stopping it stops both. */
export async function startStripeSite(): Promise<Pick<Stack, "url" | "env" | "stop">> {
  const port = await freePort();
  const stripe = await startLocalStripe({
    webhook: { url: `http://localhost:${port}/api/stripe/webhook`, secret: WEBHOOK_SECRET },
  });
  const site = await startStack({
    production: true,
    port,
    env: {
      STRIPE_SECRET_KEY: stripe.secretKey,
      STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
      STRIPE_API_BASE: stripe.url,
    },
  });
  return {
    url: site.url,
    env: site.env,
    async stop() {
      await site.stop();
      await stripe.close();
    },
  };
}
