import { env } from "@/server/platform/env";

/**
 * Run by Next before the first request, on functions and in the self-hosted server alike. Traces go to the OTLP endpoint
 * that the environment names; without one nothing is loaded and nothing is measured.
 */
export async function register(): Promise<void> {
  if (!env.OTEL_EXPORTER_OTLP_ENDPOINT) return;
  const { registerOTel } = await import("@vercel/otel");
  registerOTel({ serviceName: "deeptoken-gateway" });
}
