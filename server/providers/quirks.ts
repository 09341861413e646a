import type { CatalogProvider } from "@/server/catalog";
import type { DialectName, DialectQuirks } from "@/server/protocols/model";

/** How a provider deviates from its kind, as data. The dialect's own part is explained at `DialectQuirks`. */
export interface ProviderQuirks extends DialectQuirks {
  /** The name of the output limit, where it is not `max_tokens`. Must be the one that counts reasoning too. */
  readonly outputLimit?: "max_tokens" | "max_completion_tokens";
  /** The header that carries the key; `bearer` is `Authorization: Bearer`. */
  readonly keyHeader?: "bearer" | "api-key" | "x-api-key" | "x-goog-api-key";
  /** Added to every URL. */
  readonly query?: Readonly<Record<string, string>>;
  /** It sends embeddings as base64 when asked; others are asked for numbers, which are converted. */
  readonly base64Embeddings?: boolean;
  /** It sends no `[DONE]`: a finish reason and the proper close of the connection are the end of its streams. */
  readonly endsWithConnection?: boolean;
  /** Wires that it speaks beside those of its kind. */
  readonly alsoSpeaks?: readonly DialectName[];
}

/** A profile by the hosts that it is for. The first that matches is taken. */
interface Profile {
  readonly hosts: RegExp;
  readonly quirks: ProviderQuirks;
}

/**
 * What is known of hosts that speak chat completions, from their public documentation. A host that is not here is taken
 * to keep to the protocol. `hosts` matches the whole host name of the base URL.
 */
export const PROFILES = {
  openai: {
    hosts: /(^|\.)openai\.com$/,
    quirks: {
      outputLimit: "max_completion_tokens",
      promptCacheKey: true,
      base64Embeddings: true,
      alsoSpeaks: ["openai-responses", "openai-completions"],
    },
  },
  azure: {
    hosts: /(^|\.)azure\.com$/,
    quirks: {
      outputLimit: "max_completion_tokens",
      keyHeader: "api-key",
      promptCacheKey: true,
      alsoSpeaks: ["openai-responses"],
    },
  },
  /** Azure's older addresses, `…/openai/deployments/NAME`: chosen by name. */
  "azure-deployments": {
    hosts: /^azure-deployments$/,
    quirks: {
      outputLimit: "max_completion_tokens",
      keyHeader: "api-key",
      query: { "api-version": "2024-10-21" },
    },
  },
  openrouter: {
    hosts: /(^|\.)openrouter\.ai$/,
    quirks: {
      reasoningWish: "reasoning",
      reasoningHistory: "reasoning_details",
      extraTraits: ["top_k"],
      alsoSpeaks: ["openai-completions"],
    },
  },
  deepseek: {
    hosts: /(^|\.)deepseek\.com$/,
    quirks: {
      reasoningWish: "thinking",
      missingTraits: [
        "seed",
        "logit_bias",
        "choices",
        "json_schema",
        "image_input",
        "file_input",
        "audio_input",
      ],
    },
  },
  groq: {
    hosts: /(^|\.)groq\.com$/,
    quirks: {
      outputLimit: "max_completion_tokens",
      missingTraits: ["logit_bias", "logprobs", "choices", "file_input", "audio_input"],
    },
  },
  mistral: {
    hosts: /(^|\.)mistral\.ai$/,
    quirks: {
      // It sends usage in the last chunk unasked, and refuses fields that it does not know.
      streamOptions: false,
      seedParameter: "random_seed",
      missingTraits: ["logit_bias", "logprobs", "user", "reasoning_budget"],
    },
  },
  xai: {
    hosts: /(^|\.)x\.ai$/,
    quirks: {
      outputLimit: "max_completion_tokens",
      missingTraits: ["logit_bias", "file_input", "audio_input"],
    },
  },
  together: {
    hosts: /(^|\.)together\.(xyz|ai)$/,
    quirks: { extraTraits: ["top_k"], alsoSpeaks: ["openai-completions"] },
  },
  fireworks: {
    hosts: /(^|\.)fireworks\.ai$/,
    quirks: {
      extraTraits: ["top_k"],
      reasoningHistory: "reasoning_content",
      alsoSpeaks: ["openai-completions"],
    },
  },
  zai: {
    hosts: /(^|\.)(z\.ai|bigmodel\.cn)$/,
    quirks: {
      reasoningWish: "thinking",
      missingTraits: [
        "logit_bias",
        "logprobs",
        "choices",
        "seed",
        "json_schema",
        "frequency_penalty",
        "presence_penalty",
      ],
    },
  },
  perplexity: {
    hosts: /(^|\.)perplexity\.ai$/,
    quirks: {
      extraTraits: ["top_k"],
      missingTraits: ["tools", "tool_choice", "logit_bias", "logprobs", "choices", "seed", "stop"],
    },
  },
  /** For vLLM and Ollama on a host of one's own: chosen by name, since nothing tells them by their host. */
  vllm: {
    hosts: /^vllm(\.|$)/,
    quirks: { extraTraits: ["top_k"], reasoningWish: "enable_thinking", alsoSpeaks: ["openai-completions"] },
  },
  /** For a host that keeps to the protocol but for the end mark: chosen by name. */
  "no-end-mark": {
    hosts: /^no-end-mark$/,
    quirks: { endsWithConnection: true },
  },
  ollama: {
    hosts: /^ollama(\.|$)/,
    quirks: { missingTraits: ["logit_bias", "logprobs", "choices"], alsoSpeaks: ["openai-completions"] },
  },
} as const satisfies Readonly<Record<string, Profile>>;

const NONE: ProviderQuirks = {};
const known = new WeakMap<CatalogProvider, ProviderQuirks>();

/** The quirks of a provider, worked out once per load of the catalogue. */
export function quirksOf(provider: CatalogProvider): ProviderQuirks {
  let quirks = known.get(provider);
  if (!quirks) {
    const { hostname } = new URL(provider.baseUrl);
    const profiles: Readonly<Record<string, Profile>> = PROFILES;
    const named = provider.profile === null ? undefined : profiles[provider.profile];
    const profile = named ?? Object.values(profiles).find(({ hosts }) => hosts.test(hostname));
    quirks = profile?.quirks ?? NONE;
    known.set(provider, quirks);
  }
  return quirks;
}
