import { startSimulator } from "@/server/dev/simulator";

/** The simulator with fixed answers, in a process of its own so that its CPU is not the gateway's. */
await startSimulator({ port: Number(process.env.PORT), bench: true });
