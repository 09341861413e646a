/** Prompts and answers of organizations that asked to keep them. Nothing comes here unless a policy says so. */
export { deleteExpiredPrompts, deletePromptsOf, keepPrompt, type LoggedPrompt, readPrompt } from "./prompts";
