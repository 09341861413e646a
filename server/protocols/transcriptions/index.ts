/** OpenAI's transcriptions and translations: https://platform.openai.com/docs/api-reference/audio */
export { audioSecondsBound } from "./duration";
export { transcriptRelay } from "./relay";
export { parseTranscription, type TranscriptionCall, toTranscriptionForm } from "./request";
export { readTranscript, renderTranscript, type Transcript } from "./response";
