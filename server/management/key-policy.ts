import { z } from "zod";
import { type KeyPolicy, keyPolicySchema } from "@/server/organizations";

const toSnake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const toCamel = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** The fields of an object schema under their names on the wire. */
function snakeShape(shape: Readonly<Record<string, z.ZodType>>): Record<string, z.ZodType> {
  return Object.fromEntries(Object.entries(shape).map(([name, schema]) => [toSnake(name), schema]));
}

const { shape } = keyPolicySchema;
const routingShape = shape.routing.unwrap().shape;

/** The restrictions of a key on the wire: the fields of the routing policy and the addresses, in snake case. */
export const wireKeyPolicy = z
  .strictObject({
    ...snakeShape(routingShape),
    timeouts: z
      .record(
        z.string().max(200),
        z.strictObject({
          first_token_ms: z.int().min(500).max(300_000).optional(),
          total_ms: z.int().min(1_000).max(800_000).optional(),
        }),
      )
      .default({}),
    ip_allowlist: shape.ipAllowlist,
  })
  .describe(
    "What the key is restricted to: models, providers, data policy, routing, addresses. It narrows only.",
  );

/** @throws AppError never: the wire schema has judged it; the domain's fills in what was left out */
export function fromWirePolicy(policy: z.infer<typeof wireKeyPolicy>): KeyPolicy {
  const { ip_allowlist: ipAllowlist, timeouts, ...routing } = policy as Readonly<Record<string, unknown>>;
  const times = Object.entries((timeouts ?? {}) as Readonly<Record<string, object>>);
  return keyPolicySchema.parse({
    ipAllowlist,
    routing: {
      ...renamed(routing, toCamel),
      timeouts: Object.fromEntries(times.map(([model, limits]) => [model, renamed(limits, toCamel)])),
    },
  });
}

function renamed(of: object, rename: (name: string) => string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [rename(name), value]));
}
