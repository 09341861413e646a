import { inbound as anthropicMessages } from "@/server/protocols/anthropic-messages";
import { inbound as openaiChat } from "@/server/protocols/openai-chat";
import { inbound as openaiCompletions } from "@/server/protocols/openai-completions";
import type { Api } from "./operation";
import { conversationApi } from "./operations/conversation";
import { embeddingsApi } from "./operations/embeddings";
import { imageEditsApi, imageGenerationsApi } from "./operations/images";
import { moderationsApi } from "./operations/moderations";
import { rerankApi } from "./operations/rerank";
import { responsesApi } from "./operations/responses";
import { speechApi } from "./operations/speech";
import { transcriptionsApi, translationsApi } from "./operations/transcriptions";
import { videosApi } from "./operations/videos";

/** The endpoints that reach a provider, by path below the base URL. All are POST, all go through `pipeline.ts`. */
export const APIS: Readonly<Record<string, Api>> = {
  "/chat/completions": conversationApi("chat.completions", openaiChat),
  "/completions": conversationApi("completions", openaiCompletions),
  "/responses": responsesApi,
  "/messages": conversationApi("messages", anthropicMessages),
  "/embeddings": embeddingsApi,
  "/moderations": moderationsApi,
  "/rerank": rerankApi,
  "/images/generations": imageGenerationsApi,
  "/images/edits": imageEditsApi,
  "/audio/speech": speechApi,
  "/audio/transcriptions": transcriptionsApi,
  "/audio/translations": translationsApi,
  "/videos": videosApi,
};
