/** The words that every protocol is read into and written from. Pure types, and two helpers that only count. */
export * from "./answer";
export * from "./carry";
export * from "./conversation";
export * from "./dialect";
export * from "./translate";
export * from "./usage";
