import { createIntents, type Intents } from "./intents";
import {
  type CounterKnowledge,
  type Lendable,
  type Rotation,
  readLendable,
  readLimitsVersion,
  rotateLease,
} from "./leases";
import type { StatementRunner } from "./statement";
import { createStrictStart, type StrictStart } from "./strict";

/** What admission asks of the ledger. */
export interface AdmissionSteps {
  readonly intents: Intents;
  readonly rotate: (
    organizationId: string,
    minimumNanoUsd: bigint,
    known: CounterKnowledge,
  ) => Promise<Rotation>;
  readonly strict: StrictStart;
  readonly limitsVersion: (organizationId: string) => Promise<number | null>;
  readonly lendable: (organizationId: string) => Promise<Lendable>;
}

export function createAdmissionSteps(pool: StatementRunner): AdmissionSteps {
  return {
    intents: createIntents(pool),
    rotate: (organizationId, minimum, known) => rotateLease(pool, organizationId, minimum, known),
    strict: createStrictStart(pool),
    limitsVersion: (organizationId) => readLimitsVersion(pool, organizationId),
    lendable: (organizationId) => readLendable(pool, organizationId),
  };
}
