import { join } from "node:path";
import { sql } from "drizzle-orm";
import { migrate } from "drizzle-orm/node-postgres/migrator";
import type { Database } from "@/server/platform/database";

/** Any number that no other advisory lock of this product uses. */
const MIGRATION_LOCK = 8_403_517_226_114n;

/**
 * Brings a database up to the newest migration, each in one transaction. Safe to call from several processes at once:
 * the later ones wait and find nothing to do.
 * @param options.folder where the migrations are; by default `db/migrations` of the working directory, which is the
 *   repository root for every npm script and for the bundled server
 * @throws when a migration fails; nothing of it is kept
 */
export async function migrateDatabase(db: Database, options: { folder?: string } = {}): Promise<void> {
  const migrationsFolder = options.folder ?? join(process.cwd(), "db", "migrations");
  await db.transaction(async (lockHolder) => {
    await lockHolder.execute(sql`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`);
    await migrate(db, { migrationsFolder });
  });
}
