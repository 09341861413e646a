import { sql } from "drizzle-orm";
import { receiptKey } from "@/db/schema";
import type { Database } from "@/server/platform/database";
import { readReceiptDocuments } from "./receipt-document";
import { type PublicJwk, RECEIPT_TYPE } from "./signature";
import type { Signer } from "./signer";

export interface SignedReceipt {
  readonly keyId: string;
  /** Compact JWS: whoever holds it can check it against the published keys, without asking us. */
  readonly jws: string;
}

export interface PublishedKey extends PublicJwk {
  readonly kid: string;
  readonly use: "sig";
  readonly alg: "EdDSA";
}

/** Receipts as signed documents, and the keys to check them with. */
export interface Receipts {
  /** Null for a request of another organization, for one that is not settled, and for one that cost nothing. */
  read(name: { readonly organizationId: string; readonly id: string }): Promise<SignedReceipt | null>;
  /** Every key that ever signed, this one first. */
  keys(): Promise<readonly PublishedKey[]>;
}

/**
 * Receipts are signed when they are read: the same record and key give the same text. A new key signs from its first use
 * on; the old one stays published, so that receipts saved before stay verifiable.
 */
export function createReceipts(deps: { readonly db: Database; readonly signer: Signer }): Receipts {
  const { db, signer } = deps;
  const publishOnce = onceUntilItWorks(() => publishKey(db, signer));
  return {
    async read({ organizationId, id }) {
      const document = (await readReceiptDocuments(db, [id])).get(id);
      if (document?.organization_id !== organizationId) return null;
      await publishOnce();
      return { keyId: signer.keyId, jws: signer.sign(RECEIPT_TYPE, document) };
    },
    async keys() {
      await publishOnce();
      return readKeys(db, signer.keyId);
    },
  };
}

/** Before anything is signed, its key is where everybody can find it. */
export async function publishKey(db: Database, signer: Signer): Promise<void> {
  await db.insert(receiptKey).values({ id: signer.keyId, publicJwk: signer.publicJwk }).onConflictDoNothing();
}

export async function readKeys(db: Database, currentKeyId: string): Promise<readonly PublishedKey[]> {
  const rows = await db
    .select({ id: receiptKey.id, jwk: receiptKey.publicJwk })
    .from(receiptKey)
    .orderBy(sql`${receiptKey.id} = ${currentKeyId} DESC`, receiptKey.createdAt);
  return rows.map(({ id, jwk }) => ({ ...jwk, kid: id, use: "sig", alg: "EdDSA" }));
}

function onceUntilItWorks(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | null = null;
  return () => {
    done ??= work().catch((reason: unknown) => {
      done = null;
      throw reason;
    });
    return done;
  };
}
