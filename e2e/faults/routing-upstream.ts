import { startSimulator } from "@/server/dev/simulator";

/** One provider of the routing scenarios, in a process of its own so that it can be killed. */
await startSimulator({ port: Number(process.env.PORT), defaults: { outputTokens: 8 } });
