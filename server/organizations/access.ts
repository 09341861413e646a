import { eq } from "drizzle-orm";
import { apiKey, organizationPolicy } from "@/db/schema";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { keyPolicySchema, type OrganizationPolicy, organizationPolicySchema } from "./policy";

/** What has to be known of an organization and one of its keys before a request is read. */
export interface KeyAccess {
  /** Lists of addresses, each of which has to hold the caller's: the organization's and the key's. Empty lists left out. */
  readonly allowlists: readonly (readonly string[])[];
  readonly promptLogging: OrganizationPolicy["promptLogging"];
}

export type ReadKeyAccess = (key: {
  readonly keyId: string;
  readonly organizationId: string;
}) => Promise<KeyAccess>;

/** A change of a policy acts within this time in every process. */
const LIFE_MS = 1_000;
const MOST_KEPT = 10_000;

/** Remembers for a moment. What cannot be read allows nothing: the request is refused. */
export function createAccessReader(db: Executor, clock: Clock): ReadKeyAccess {
  const known = new Map<string, { readonly untilMs: number; readonly access: Promise<KeyAccess> }>();
  return ({ keyId, organizationId }) => {
    const found = known.get(keyId);
    if (found && found.untilMs > clock.nowMs()) return found.access;
    const access = readAccess(db, organizationId, keyId);
    if (known.size >= MOST_KEPT) known.clear();
    known.set(keyId, { untilMs: clock.nowMs() + LIFE_MS, access });
    access.catch(() => known.delete(keyId));
    return access;
  };
}

async function readAccess(db: Executor, organizationId: string, keyId: string): Promise<KeyAccess> {
  const [row] = await db
    .select({ organization: organizationPolicy.policy, key: apiKey.policy })
    .from(apiKey)
    .leftJoin(organizationPolicy, eq(organizationPolicy.organizationId, organizationId))
    .where(eq(apiKey.id, keyId));
  const { ipAllowlist, promptLogging } = organizationPolicySchema.parse(row?.organization ?? {});
  const ofKey = keyPolicySchema.parse(row?.key ?? {});
  return {
    allowlists: [ipAllowlist, ofKey.ipAllowlist].filter((list) => list.length > 0),
    promptLogging,
  };
}
