// Harm prevented: an outage that looks like a fault of ours for good, so that clients give up instead of coming back.
import pg from "pg";
import { describe, expect, it } from "vitest";
import { AppError, toAppError } from "./errors";

describe("an error that nobody expected", () => {
  it("is a 503 with the time to come back when the database is away, however it was wrapped", async () => {
    const pool = new pg.Pool({
      connectionString: "postgres://127.0.0.1:1/none",
      connectionTimeoutMillis: 2_000,
    });
    const refused: unknown = await pool.query("SELECT 1").catch((reason: unknown) => reason);
    await pool.end();
    const away = [
      refused,
      new Error("Failed query: select", { cause: refused }),
      new Error("Connection terminated unexpectedly"),
      new Error("Connection terminated due to connection timeout"),
      new Error("timeout exceeded when trying to connect"),
      Object.assign(new Error("terminating connection due to administrator command"), { code: "57P01" }),
    ];
    for (const reason of away) {
      const error = toAppError(reason);
      expect(error).toMatchObject({ code: "service_unavailable", retryAfterSeconds: 1, cause: reason });
      expect(error.message).not.toMatch(/127\.0\.0\.1|select|terminat/);
    }
  });

  it("is a 500 otherwise, and an error of ours stays what it is", () => {
    for (const reason of [
      new TypeError("x is undefined"),
      Object.assign(new Error("duplicate key"), { code: "23505" }),
      null,
    ])
      expect(toAppError(reason).code).toBe("internal_error");
    const own = new AppError("not_found", { message: "none" });
    expect(toAppError(own)).toBe(own);
  });
});
