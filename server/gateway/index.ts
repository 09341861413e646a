export { createNodeAdapter } from "./adapters/node";
export { createWebAdapter } from "./adapters/web";
export { createContentAddresses } from "./contents/addresses";
export { createGateway, type Gateway } from "./gateway";
export type { GatewayDeps, GatewayRequest, GatewayResponse } from "./types";
