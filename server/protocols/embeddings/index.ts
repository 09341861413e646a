/** OpenAI's embeddings, and Cohere's behind the same face: https://platform.openai.com/docs/api-reference/embeddings */
export { cohereEmbeddings } from "./cohere";
export { openaiEmbeddings } from "./openai";
export { type EmbeddingsCall, parseEmbeddings } from "./request";
export { type EmbeddingsAnswer, type EmbeddingsWire, renderEmbeddings } from "./response";
