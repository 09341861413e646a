import { startTestPostgres, TEST_POSTGRES_URL } from "./test-database";

/** One Postgres for the whole test run: vitest calls this once, before its workers start. */
export async function setup(): Promise<() => Promise<void>> {
  const { adminUrl, stop } = await startTestPostgres();
  process.env[TEST_POSTGRES_URL] = adminUrl;
  return stop;
}
