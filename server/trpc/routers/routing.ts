import { z } from "zod";
import {
  OPEN_POLICY,
  type RoutingPolicy,
  readKeyRouting,
  readPolicy,
  routingPolicySchema,
  writeKeyRouting,
  writePolicy,
} from "@/server/organizations";
import { dryRun } from "@/server/routing";
import type { TrpcContext } from "../context";
import { memberProcedure, router } from "../init";
import { transact } from "../transact";

/** A key's id, or null for the whole organization. */
const keyId = z.string().max(64).nullish();
const MOST_TOKENS = 100_000_000;
const tokens = z.int().min(0).max(MOST_TOKENS);

const request = z.strictObject({
  keyId,
  model: z.string().trim().min(1).max(200),
  promptTokens: tokens.default(0),
  outputTokens: tokens.min(1).nullish(),
  /** Does it bring tools, a response format, images? Whoever answers has to be able to. */
  tools: z.boolean().default(false),
  responseFormat: z.boolean().default(false),
  images: z.boolean().default(false),
  /** The request's own routing fields, as in its body. */
  body: z.record(z.string().max(64), z.unknown()).default({}),
  /** A policy that is not in force yet, instead of the stored one of the key or, without a key, of the organization. */
  draft: routingPolicySchema.nullish(),
});

/** Routing policies, and where a request would go under them. */
export const routingRouter = router({
  policy: memberProcedure("policy.read")
    .input(z.strictObject({ keyId }))
    .query(({ ctx, input }) => stored(ctx, ctx.actor.organizationId, input.keyId ?? null)),

  /** Replaces the routing part of the organization's policy, or of one key's. */
  write: memberProcedure("policy.manage")
    .input(z.strictObject({ keyId, routing: routingPolicySchema }))
    .mutation(({ ctx, input }) =>
      transact(ctx, async (tx, { clock, organizationId, by }) => {
        if (input.keyId)
          return writeKeyRouting(tx, clock, by, {
            organizationId,
            keyId: input.keyId,
            routing: input.routing,
          });
        const policy = { ...(await readPolicy(tx, organizationId)), routing: input.routing };
        return (await writePolicy(tx, clock, by, { organizationId, policy })).routing;
      }),
    ),

  /**
   * The decision that a real request would meet right now, with its reasons. Nothing is sent, nothing is held. A mutation
   * only because a draft is longer than a URL may be.
   */
  dryRun: memberProcedure("policy.read")
    .input(request)
    .mutation(async ({ ctx, input }) => {
      const { catalog, routing, clock } = ctx.services;
      const policies = await policiesFor(ctx, ctx.actor.organizationId, input);
      const snapshot = await catalog.current();
      const known = { catalog: snapshot, board: routing.board, nowMs: clock.nowMs(), random: routing.random };
      return dryRun(known, policies, {
        model: input.model,
        body: input.body,
        requirements: requirementsOf(input),
      });
    }),
});

async function stored(
  { services }: Pick<TrpcContext, "services">,
  organizationId: string,
  key: string | null,
): Promise<RoutingPolicy> {
  if (key) return readKeyRouting(services.db, { organizationId, keyId: key });
  return (await readPolicy(services.db, organizationId)).routing;
}

/** The organization's, then the key's, with the draft in its place. */
async function policiesFor(
  ctx: Pick<TrpcContext, "services">,
  organizationId: string,
  input: z.output<typeof request>,
): Promise<readonly RoutingPolicy[]> {
  const key = input.keyId ?? null;
  const ofKey = key === null ? OPEN_POLICY : await stored(ctx, organizationId, key);
  if (key === null) return [input.draft ?? (await stored(ctx, organizationId, null))];
  return [await stored(ctx, organizationId, null), input.draft ?? ofKey];
}

function requirementsOf({ promptTokens, outputTokens, ...input }: z.output<typeof request>) {
  const needed = [...(input.tools ? ["tools"] : []), ...(input.responseFormat ? ["response_format"] : [])];
  return {
    inputModalities: ["text", ...(input.images ? ["image"] : [])],
    parameters: needed,
    indispensable: needed,
    promptTokens,
    outputTokens: outputTokens ?? null,
  };
}
