/** What a receiver is sent. Snake case, like the rest of the wire. */
export interface WebhookPayload {
  /** The event's id: the same in every repetition, and the same as the header `webhook-id`. */
  readonly id: string;
  readonly type: string;
  /** When it happened, ISO 8601. */
  readonly timestamp: string;
  readonly organization_id: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The text that is signed, sent, and kept for repetitions. */
export function toBody(event: {
  readonly id: string;
  readonly type: string;
  readonly organizationId: string;
  readonly createdAt: Date;
  readonly data: Readonly<Record<string, unknown>>;
}): string {
  const payload: WebhookPayload = {
    id: event.id,
    type: event.type,
    timestamp: event.createdAt.toISOString(),
    organization_id: event.organizationId,
    data: event.data,
  };
  return JSON.stringify(payload);
}
