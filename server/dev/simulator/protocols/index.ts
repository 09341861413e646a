import type { Protocol } from "../script";
import { anthropicMessages } from "./anthropic-messages";
import { speech, transcriptions } from "./audio";
import { bedrockStream, bedrockWhole } from "./bedrock";
import { cohereChat } from "./cohere";
import { cohereEmbed, embeddings, moderations, rerank } from "./embeddings";
import { geminiStream, geminiWhole } from "./gemini";
import { imageEdits, imageGenerations } from "./images";
import { createJobs } from "./jobs";
import { openaiChat } from "./openai-chat";
import { openaiResponses } from "./openai-responses";
import { falProtocols, replicateProtocols, simulatedMedia } from "./queues";
import { openaiVideos } from "./videos";

/** Everything that the simulator speaks. Made anew for each simulator, for some of them remember jobs. */
export function createProtocols(): Protocol[] {
  const jobs = createJobs();
  return [
    openaiChat,
    openaiResponses,
    anthropicMessages,
    geminiWhole,
    geminiStream,
    bedrockWhole,
    bedrockStream,
    cohereChat,
    embeddings,
    cohereEmbed,
    moderations,
    rerank,
    imageGenerations,
    imageEdits,
    speech,
    transcriptions,
    ...openaiVideos(jobs),
    ...falProtocols(jobs),
    ...replicateProtocols(jobs),
    ...simulatedMedia,
  ];
}
