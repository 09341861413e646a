import type { OAuthConfig } from "next-auth/providers/oauth";

/** Who somebody is at another service. `email` only when that service says that it has verified it. */
export interface ProviderIdentity {
  readonly provider: ProviderName;
  /** The other side's own id of the account, which never changes hands. */
  readonly subject: string;
  readonly email: string | null;
  readonly name: string;
}

export const PROVIDER_NAMES = ["github", "google"] as const;
export type ProviderName = (typeof PROVIDER_NAMES)[number];

export interface ProviderClient {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** What is configured; a provider without a client is not offered. */
export interface ProviderSettings {
  readonly github: ProviderClient | null;
  readonly google: ProviderClient | null;
  /** Where the two are; their public addresses by default. Others are for a GitHub of one's own, and tests. */
  readonly githubUrl?: string | undefined;
  readonly googleUrl?: string | undefined;
}

/** What `profile` hands on: next-auth asks for these names. */
export interface ProviderUser {
  readonly id: string;
  readonly identity: ProviderIdentity;
}

type Profile = Readonly<Record<string, unknown>>;

export function providersOf(settings: ProviderSettings): OAuthConfig<Profile>[] {
  return [
    ...(settings.github ? [gitHub(settings.github, settings.githubUrl)] : []),
    ...(settings.google ? [google(settings.google, settings.googleUrl)] : []),
  ];
}

/** GitHub's `/user` names an address that it may not have verified; `/user/emails` says which are. */
function gitHub(client: ProviderClient, url: string | undefined): OAuthConfig<Profile> {
  const site = url ?? "https://github.com";
  const api = url === undefined ? "https://api.github.com" : `${url}/api/v3`;
  return {
    id: "github",
    name: "GitHub",
    type: "oauth",
    ...client,
    checks: ["pkce", "state"],
    authorization: { url: `${site}/login/oauth/authorize`, params: { scope: "read:user user:email" } },
    token: `${site}/login/oauth/access_token`,
    userinfo: {
      url: `${api}/user`,
      async request({ tokens }) {
        const ask = async (path: string) => {
          const answer = await fetch(`${api}${path}`, {
            headers: { authorization: `Bearer ${tokens.access_token}`, "user-agent": "DeepTokenInference" },
            redirect: "error",
            signal: AbortSignal.timeout(10_000),
          });
          if (!answer.ok) throw new Error(`GitHub answered ${path} with ${answer.status}`);
          return answer.json() as Promise<unknown>;
        };
        // next-auth's own type of a profile knows none of GitHub's fields.
        return { ...toObject(await ask("/user")), emails: await ask("/user/emails") } as object;
      },
    },
    profile: (profile) =>
      toUser({
        provider: "github",
        subject: String(profile.id ?? ""),
        email: primaryVerified(profile.emails),
        name: textOf(profile.name) ?? textOf(profile.login) ?? "",
      }),
  };
}

/** Without the scope `openid` Google answers no id token, and its userinfo says whether it has verified the address. */
function google(client: ProviderClient, url: string | undefined): OAuthConfig<Profile> {
  const scopes = ["email", "profile"].map((name) => `https://www.googleapis.com/auth/userinfo.${name}`);
  return {
    id: "google",
    name: "Google",
    type: "oauth",
    ...client,
    checks: ["pkce", "state"],
    authorization: {
      url: url === undefined ? "https://accounts.google.com/o/oauth2/v2/auth" : `${url}/o/oauth2/v2/auth`,
      params: { scope: scopes.join(" "), prompt: "select_account" },
    },
    token: url === undefined ? "https://oauth2.googleapis.com/token" : `${url}/token`,
    userinfo: url === undefined ? "https://openidconnect.googleapis.com/v1/userinfo" : `${url}/v1/userinfo`,
    profile: (profile) =>
      toUser({
        provider: "google",
        subject: textOf(profile.sub) ?? "",
        email: profile.email_verified === true ? textOf(profile.email) : null,
        name: textOf(profile.name) ?? "",
      }),
  };
}

function toUser(identity: ProviderIdentity): ProviderUser {
  return { id: identity.subject, identity };
}

function primaryVerified(emails: unknown): string | null {
  if (!Array.isArray(emails)) return null;
  const found = emails.map(toObject).find(({ primary, verified }) => primary === true && verified === true);
  return found ? textOf(found.email) : null;
}

function toObject(value: unknown): Profile {
  return typeof value === "object" && value !== null ? (value as Profile) : {};
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : null;
}
