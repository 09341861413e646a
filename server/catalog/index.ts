/** Models, providers, endpoints, price versions, and the arithmetic that turns usage into money. */
export { type Catalog, createCatalog } from "./catalog";
export { type CatalogFile, type OutputModality, parseCatalogFile } from "./catalog-file";
export type { KeyRests } from "./credential-rotation";
export { addCredential, disableCredential } from "./credentials";
export { drainEndpoint, overrideHealth } from "./endpoint-state";
export { importCatalog } from "./import";
export { importForReview, previewImport } from "./import-review";
export { readPriceHistory } from "./load";
export {
  type AddEndpointInput,
  addEndpoint,
  addModel,
  setEndpoint,
  setProvider,
  setProviderIn,
} from "./operate";
export { listModels, listProviders, readEndpointPrices, setModelStatus } from "./operator-view";
export { previewImpact } from "./price-impact";
export { dropOldPriceLocks, keepPriceLock, readPriceLock } from "./price-locks";
export {
  type Decider,
  listProposals,
  parsePriceList,
  proposalSchema,
  proposePrices,
  publishPrices,
  withdrawPrices,
} from "./price-proposals";
export { dearest, isPriced, priceUsage } from "./price-usage";
export { type CatalogSnapshot, isCallable } from "./snapshot";
export type {
  CatalogEndpoint,
  CatalogModel,
  CatalogProvider,
  DataPolicy,
  PriceVersion,
  ProviderCredential,
} from "./types";
export { ANSWER_UNITS, PROMPT_UNITS, type Units, USAGE_UNITS, type UsageUnit } from "./units";
