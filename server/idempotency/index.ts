export {
  type Claim,
  claim,
  dropOldAnswers,
  hashRequest,
  type IdempotencyName,
  MAX_KEY_LENGTH,
  MAX_STORED_BYTES,
  nameGeneration,
  release,
  type StoredAnswer,
  storeAnswer,
  storeAnswerIn,
} from "./answers";
