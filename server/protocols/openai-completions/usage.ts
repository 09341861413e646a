/** The legacy endpoint's usage object is the one of chat completions. */
export { readChatUsage, toClientUsage } from "../openai-chat/usage";
