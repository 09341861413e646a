export { type Acceptance, acceptCommitment } from "./accept";
export { type Cancellation, cancelCommitment, endCommitment } from "./cancel";
export { type Commitment, type CommitmentStatus, listCommitments, readCommitment } from "./commitments";
export { listAllCommitments } from "./operator-view";
export { type Quote, quoteCommitment, withdrawQuote } from "./quote";
export { type CommitmentStanding, type CommitmentView, describeCommitment, viewCommitment } from "./standing";
export { type CommitmentTerms, parsePercent, type Schedule, type SlaTier } from "./terms";
