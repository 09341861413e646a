/** OpenAI's images: https://platform.openai.com/docs/api-reference/images */

export { falImages, type ImageQueue, replicateImages } from "./queues";
export {
  type ImageCall,
  imageTokenBound,
  inputImageTokenBound,
  parseImageEdit,
  parseImageGeneration,
} from "./request";
export { type ImageAnswer, imagesIn, pixelsOf, readImages, renderImages } from "./response";
export { toEditForm, toGenerationBody } from "./to-request";
