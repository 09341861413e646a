/** What happens in an organization, for whoever wants to be told: the catalogue and the transactional outbox. */
export { EVENT_TYPES, type EventData, type EventType, isEventType } from "./catalog";
export {
  emitEvent,
  emitEventToAll,
  markAlerted,
  markDispatched,
  type OutboxEvent,
  takeUnalerted,
  takeUndispatched,
  takeUndispatchedOf,
} from "./outbox";
