import { z } from "zod";
import { PROVIDER_KINDS } from "@/db/schema/catalog";
import { type AuditAction, recordAudit } from "@/server/audit";
import {
  addCredential,
  addModel,
  disableCredential,
  importForReview,
  listModels,
  listProviders,
  previewImport,
  readEndpointPrices,
  setEndpoint,
  setModelStatus,
  setProviderIn,
} from "@/server/catalog";
import { operatorActor } from "@/server/organizations";
import { AppError } from "@/server/platform/errors";
import { PROFILES } from "@/server/providers";
import { operatorProcedure, router } from "../../init";
import { type SignedIn, transactAsOperator } from "../../transact";

const id = z.string().max(64);
const slug = z.string().trim().max(200);
/** The largest file that the console takes; the command line takes any. */
const MAX_FILE_CHARACTERS = 3_000_000;

/** Models, providers, endpoints and credentials, for operators. A credential goes in and never comes out. */
export const operatorCatalogRouter = router({
  providers: operatorProcedure.query(async ({ ctx }) => ({
    providers: await listProviders(ctx.services.db),
    kinds: PROVIDER_KINDS,
    profiles: Object.keys(PROFILES),
  })),

  models: operatorProcedure
    .input(z.strictObject({ text: z.string().trim().max(100) }))
    .query(({ ctx, input }) => listModels(ctx.services.db, input.text)),

  endpoint: operatorProcedure.input(z.strictObject({ endpointId: id })).query(async ({ ctx, input }) => {
    const found = await readEndpointPrices(ctx.services.db, ctx.services.clock.nowMs(), input.endpointId);
    if (!found) throw notThere("endpoint");
    return found;
  }),

  setProvider: operatorProcedure
    .input(
      z.strictObject({
        slug,
        name: z.string().trim().max(120),
        kind: z.enum(PROVIDER_KINDS),
        baseUrl: z.string().trim().max(500),
        profile: z.string().max(40).nullable(),
        trainsOnPrompts: z.boolean().nullable(),
        retentionDays: z.int().nullable(),
        regions: z.array(z.string().max(12)).max(20),
        isActive: z.boolean(),
        /** Left out: the keys stay as they are. */
        apiKey: z.string().max(4_096).optional(),
      }),
    )
    .mutation(({ ctx, input }) =>
      transactAsOperator(ctx, async (tx, { clock, by }) => {
        const { isActive, apiKey, trainsOnPrompts, retentionDays, ...fields } = input;
        const made = await setProviderIn(tx, ctx.services.webhooks.secretBox, {
          ...fields,
          ...(trainsOnPrompts !== null && { trainsOnPrompts }),
          ...(retentionDays !== null && { retentionDays }),
          ...(apiKey && { apiKey }),
          activate: isActive,
        });
        await recordAudit(tx, clock, {
          organizationId: null,
          actor: by,
          action: "catalog.provider_changed",
          target: { kind: "provider", id: made.id, label: input.slug },
          // Whether a key came along, and never which.
          after: {
            ...fields,
            trainsOnPrompts,
            retentionDays,
            status: made.status,
            hasNewKey: Boolean(apiKey),
          },
        });
        return made;
      }),
    ),

  addCredential: operatorProcedure
    .input(z.strictObject({ provider: slug, label: z.string().max(60), apiKey: z.string().max(4_096) }))
    .mutation(({ ctx, input }) =>
      changed(
        ctx,
        "catalog.credential_changed",
        "credential",
        `${input.provider} ${input.label}`,
        async (tx) => {
          const made = await addCredential(tx, ctx.services.webhooks.secretBox, input);
          return { id: made.id, after: { provider: input.provider, label: input.label, state: "active" } };
        },
      ),
    ),

  disableCredential: operatorProcedure
    .input(z.strictObject({ provider: slug, label: z.string().max(60) }))
    .mutation(({ ctx, input }) =>
      changed(
        ctx,
        "catalog.credential_changed",
        "credential",
        `${input.provider} ${input.label}`,
        async (tx) => {
          const done = await disableCredential(tx, input);
          return { id: done.id, after: { ...input, state: "disabled" } };
        },
      ),
    ),

  addModel: operatorProcedure
    .input(
      z.strictObject({
        slug,
        name: z.string().trim().max(120),
        description: z.string().max(2_000),
        contextLength: z.int(),
        maxOutputTokens: z.int().nullable(),
        inputModalities: z.array(z.enum(["text", "image", "audio", "video", "file"])),
      }),
    )
    .mutation(({ ctx, input }) =>
      changed(ctx, "catalog.model_changed", "model", input.slug, async (tx) => {
        const made = await addModel(tx, { ...input, outputModalities: ["text"] });
        return { id: made.id, after: input };
      }),
    ),

  setModelStatus: operatorProcedure
    .input(z.strictObject({ modelId: id, status: z.enum(["active", "deprecated", "hidden"]) }))
    .mutation(({ ctx, input }) =>
      changed(ctx, "catalog.model_changed", "model", null, async (tx) => {
        const found = await setModelStatus(tx, input);
        if (!found) throw notThere("model");
        const { before, slug: label } = found;
        return { id: input.modelId, label, before: { status: before }, after: { status: input.status } };
      }),
    ),

  /** Offers a model at a provider; nobody can call it before a price list is published. */
  setEndpoint: operatorProcedure
    .input(
      z.strictObject({
        model: slug,
        provider: slug,
        upstreamModel: slug,
        priority: z.int(),
        contextLength: z.int().optional(),
        maxOutputTokens: z.int().nullish(),
      }),
    )
    .mutation(({ ctx, input }) =>
      changed(
        ctx,
        "catalog.endpoint_changed",
        "endpoint",
        `${input.model} at ${input.provider}`,
        async (tx) => {
          const set = await setEndpoint(tx, input);
          return { id: set.id, after: input };
        },
      ),
    ),

  /** What an import would change. Nothing is kept. */
  previewImport: operatorProcedure
    .input(z.strictObject({ file: z.string().max(MAX_FILE_CHARACTERS) }))
    .mutation(({ ctx, input }) =>
      previewImport(ctx.services.db, ctx.services.clock, deciderOf(ctx), toJson(input.file)),
    ),

  import: operatorProcedure
    .input(z.strictObject({ file: z.string().max(MAX_FILE_CHARACTERS) }))
    .mutation(({ ctx, input }) =>
      transactAsOperator(ctx, (tx, { clock }) =>
        importForReview(tx, clock, deciderOf(ctx), toJson(input.file)),
      ),
    ),
});

/** Who decides about prices: the person, and how the trail names them. */
export function deciderOf({ actor, ip }: SignedIn) {
  return { userId: actor.userId, audit: operatorActor(actor, ip) };
}

type Change = (tx: Parameters<Parameters<typeof transactAsOperator>[1]>[0]) => Promise<{
  readonly id: string;
  readonly label?: string;
  readonly before?: object;
  readonly after: object;
}>;

/** One change of the catalogue and its line in the trail of the platform. */
function changed(ctx: SignedIn, action: AuditAction, kind: string, label: string | null, change: Change) {
  return transactAsOperator(ctx, async (tx, { clock, by }) => {
    const done = await change(tx);
    await recordAudit(tx, clock, {
      organizationId: null,
      actor: by,
      action,
      target: { kind, id: done.id, label: done.label ?? label ?? done.id },
      before: done.before,
      after: done.after,
    });
    return { id: done.id };
  });
}

function toJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError("invalid_request", { message: "The file is not valid JSON.", param: "file", cause });
  }
}

function notThere(what: string): AppError {
  return new AppError("not_found", { message: `There is no such ${what}.` });
}
