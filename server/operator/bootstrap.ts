import { migrateDatabase } from "@/db/migrate";
import { createUser, findUserByEmail, hashPassword, signUpForm } from "@/server/auth";
import { createCatalog } from "@/server/catalog";
import { creditBalance, readBalance } from "@/server/ledger";
import { organizationOf } from "@/server/organizations";
import { AppError } from "@/server/platform/errors";
import { toDecimalUsd } from "@/server/platform/money";
import { importFile, SEED_FILE } from "./catalog";
import type { Command, OptionValues } from "./commands";
import type { OperatorConsole } from "./console";
import { createDefaultProjectKey } from "./money";
import { optionalText, requiredText, requiredUsd } from "./options";

/** From an empty database to a key that answers. Repeated, it credits once and makes another key of the same account. */
export const bootstrap: Command = {
  usage: "--email E --password P [--credit USD] [--name NAME] [--operator] [--simulated-base-url URL]",
  summary:
    "Migrates, imports the catalogue if there is none, and makes an account, an organization with credit, and a key.",
  options: {
    email: { type: "string" },
    password: { type: "string" },
    credit: { type: "string" },
    name: { type: "string" },
    operator: { type: "boolean" },
    "simulated-base-url": { type: "string" },
  },
  async run(console, values) {
    const { db } = console;
    await migrateDatabase(db);
    await importWhenEmpty(console, optionalText(values, "simulated-base-url"));
    const account = await accountOf(console, values);
    if (optionalText(values, "credit") !== undefined) {
      await creditBalance(db, {
        organizationId: account.organizationId,
        kind: "grant",
        bucket: "promotional",
        source: `bootstrap:${account.organizationId}`,
        amountNanoUsd: requiredUsd(values, "credit"),
        memo: "Credit of the first set-up",
      });
    }
    const { keyId, apiKey } = await createDefaultProjectKey(db, account.organizationId, "Bootstrap");
    const { totalNanoUsd } = await readBalance(db, account.organizationId);
    return { ...account, keyId, apiKey, balanceUsd: toDecimalUsd(totalNanoUsd) };
  },
};

async function importWhenEmpty(console: OperatorConsole, simulatedBaseUrl: string | undefined) {
  const catalog = createCatalog({ db: console.db, clock: console.clock, secretBox: console.secretBox() });
  if ((await catalog.current()).models.length === 0) await importFile(console, SEED_FILE, simulatedBaseUrl);
}

/** The account of the address, made when there is none. The password of an existing one is left as it is. */
async function accountOf({ db, clock }: OperatorConsole, values: OptionValues) {
  const email = requiredText(values, "email");
  const known = await findUserByEmail(db, email);
  if (known) {
    const home = await organizationOf(db, known.id);
    if (!home) throw new AppError("not_found", { message: `${email} is a member of no organization.` });
    return { userId: known.id, organizationId: home.organizationId, created: false };
  }
  const form = signUpForm.safeParse({
    email,
    password: requiredText(values, "password"),
    name: optionalText(values, "name") ?? email.split("@")[0],
  });
  if (!form.success) {
    throw new AppError("invalid_request", {
      message: form.error.issues.map((issue) => `--${issue.path.join(".")}: ${issue.message}`).join("\n"),
    });
  }
  const passwordHash = await hashPassword(form.data.password);
  const made = await db.transaction((tx) =>
    createUser(tx, clock, {
      email: form.data.email,
      name: form.data.name,
      passwordHash,
      isEmailVerified: true,
      isOperator: values.operator === true,
    }),
  );
  if (!made) throw new AppError("conflict", { message: `${email} was taken a moment ago.` });
  return { userId: made.user.id, organizationId: made.organization.organizationId, created: true };
}
